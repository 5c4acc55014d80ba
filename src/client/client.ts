import type { Representation } from '../cache/cache-entry.ts';
import type { SecretIdentity } from '../cache/cache-key.ts';
import type { CacheStats } from '../cache/secret-cache.ts';
import type { Decision } from '../access/decision.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Page, RotationResult, SecretVersion } from '../core/secret.ts';
import type { BreakerState } from '../resilience/breaker.ts';
import type { Access } from './access-recorder.ts';
import { startAccessSpan, within } from './access-span.ts';
import type { ReadAnswer } from './failover.ts';
import type { DescribeRequest, ListRequest, LocatedMetadata, VersionsRequest } from './metadata-reader.ts';
import { Pipeline, type PipelineOptions } from './pipeline.ts';
import type { ReadPreview } from './read-preview.ts';
import type { RotateRequest } from './rotator.ts';
import type { Target } from './router.ts';
import type { Reader, ReadRequest } from './secret-reader.ts';
import type { LastOutcome } from './source-outcomes.ts';
import type { Source } from './source.ts';
import type { Watcher } from './watcher.ts';

/** How one source is doing. */
export interface SourceStatus extends LastOutcome {
  readonly name: string;
  readonly region?: string;
  /** `name`, or `name/region`. */
  readonly label: string;
  readonly type: string;
  readonly breaker: BreakerState;
  readonly identityExpiresInMs?: number;
}

/** Everything that can be asked of the stores, for one caller at a time. Behind every door: HTTP and references. */
export class Client {
  readonly #options: PipelineOptions;
  readonly #pipeline: Pipeline;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#pipeline = new Pipeline(options);
  }

  /** @see SecretReader.read */
  read(request: ReadRequest): ReadAnswer | Promise<ReadAnswer> {
    return this.#pipeline.secrets.read(request);
  }

  /** @see SecretReader.readAll */
  readAll(targets: readonly Target[], reader: Reader): readonly (ReadAnswer | Promise<ReadAnswer>)[] {
    return this.#pipeline.secrets.readAll(targets, reader);
  }

  /** @see previewRead */
  preview(target: Target, context: AccessContext): ReadPreview | Promise<ReadPreview> {
    return this.#pipeline.secrets.preview(target, context);
  }

  /** @see SecretReader.touch */
  touch(target: ReadRequest): ReadAnswer | Promise<ReadAnswer> {
    return this.#pipeline.secrets.touch(target);
  }

  /** Who may be told of what happens. */
  get watcher(): Watcher {
    return this.#pipeline.watcher;
  }

  /** A body of an answer, built once for as long as the value is kept. */
  represent(answer: ReadAnswer, name: string, build: () => Representation): Representation {
    return this.#options.cache.represent(answer.entry, name, build);
  }

  list(request: ListRequest): Promise<Page<LocatedMetadata>> {
    return this.#pipeline.metadata.list(request);
  }

  describe(request: DescribeRequest): Promise<LocatedMetadata> {
    return this.#pipeline.metadata.describe(request);
  }

  versions(request: VersionsRequest): Promise<Page<SecretVersion>> {
    return this.#pipeline.metadata.versions(request);
  }

  /** Asks the store for a new version. @throws RotationError */
  rotate(request: RotateRequest): Promise<RotationResult> {
    return this.#pipeline.rotator.rotate(request);
  }

  /** Forgets every selector of one secret; what is under way is delivered, not kept. */
  invalidate(path: string, context: AccessContext): Promise<void> {
    const asked = { operation: 'invalidate', path, context } as const;
    return this.#pipeline.access.toSecret(asked, (route) => {
      const { fetcher, gate } = this.#pipeline;
      const secretKeys = new Set(route.map(({ identity }) => identity.secretKey));
      // What was read by the same path from another instance goes, too, if the caller may name that one.
      const isMeant = (kept: SecretIdentity): boolean => kept.path === path && gate.sees(asked, kept);
      fetcher.invalidate((kept) => secretKeys.has(kept.secretKey) || isMeant(kept));
    });
  }

  /** Forgets every secret whose path, as callers write it, begins with the prefix, and that the caller may forget. */
  invalidatePrefix(prefix: string, context: AccessContext): Promise<void> {
    const asked = { operation: 'invalidate', path: prefix, context } as const;
    return this.#pipeline.access.toPrefix(asked, () => {
      const { fetcher, gate } = this.#pipeline;
      fetcher.invalidate((kept) => kept.path.startsWith(prefix) && gate.sees(asked, kept));
    });
  }

  /** Changes or looks into a simulation, for a caller who may. */
  simulate<T>(path: string, context: AccessContext, work: () => T | Promise<T>): Promise<T> {
    return this.#pipeline.access.aside({ operation: 'simulate', path, context }, work);
  }

  /** What the policy says of an access, and by which line; reads nothing. */
  decide(context: AccessContext, operation: Operation, target: Target): Decision {
    return this.#pipeline.gate.decide({ context, operation }, target);
  }

  /** Records an access that was refused before it came here. */
  recordRefusal(access: Omit<Access, 'startedMs' | 'span'>, error: unknown): void {
    const { clock, tracer } = this.#options;
    const span = startAccessSpan(tracer, access);
    const context = within(span, access.context);
    this.#pipeline.recorder.failed({ ...access, context, span, startedMs: clock.monotonicMs() }, error, undefined);
  }

  /** Forgets everything of one instance, what is under way too. */
  dropInstance(name: string): void {
    this.#pipeline.fetcher.invalidate((identity) => identity.provider === name);
  }

  /** A store tells that something in it has changed: what is kept of it is read anew, and compared. */
  storeChanged(name: string): void {
    this.#pipeline.fetcher.expire((identity) => identity.provider === name);
    for (const source of this.#options.instances.get(name) ?? []) this.#pipeline.refresher.compareAll(source);
  }

  /** The breaker of a source has changed its state. */
  breakerChanged(source: Source, state: BreakerState): void {
    this.#pipeline.breakerChanged(source, state);
  }

  status(): readonly SourceStatus[] {
    return [...this.#options.instances.values()].flat().map((source) => ({
      name: source.name,
      ...(source.replica !== undefined && { region: source.replica }),
      label: source.label,
      type: source.provider.type,
      breaker: source.breaker.state,
      ...source.provider.status(),
      ...this.#pipeline.outcomes.last(source),
    }));
  }

  cacheStats(): CacheStats {
    return this.#options.cache.stats();
  }

  /** Looks after the values that are in the cache, whoever has read them. */
  adoptEntries(): void {
    for (const entry of this.#options.cache.entries()) this.#pipeline.adopt(entry);
  }

  /** Takes over from the client before it: that one only ends what it has begun, and what it was lent is ours now. */
  takeOver(previous: Client): void {
    previous.#pipeline.rest();
    const sources = [...this.#options.instances.values()].flat();
    this.#pipeline.leases.adopt(previous.#pipeline.leases, new Set(sources.map(({ provider }) => provider)));
  }

  /** Starts what works in the background. Resolves when every required secret of `preload` has been read. */
  start(): Promise<void> {
    return this.#pipeline.start();
  }

  /** Ends what works in the background, and gives back what was lent. May be called twice. */
  close(): Promise<void> {
    return this.#pipeline.close();
  }
}
