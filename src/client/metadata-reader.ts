import type { Policy } from '../access/policy.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import type { Page, SecretMetadata, SecretVersion } from '../core/secret.ts';
import type { AccessRecorder } from './access-recorder.ts';
import { CursorSeal } from './cursor-seal.ts';
import type { Router } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

export interface ListRequest {
  readonly prefix: string;
  readonly provider?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly limit: number;
  readonly cursor?: string;
  readonly context: AccessContext;
}

export interface DescribeRequest {
  readonly path: string;
  readonly provider?: string;
  readonly context: AccessContext;
}

export interface VersionsRequest extends DescribeRequest {
  readonly limit: number;
  readonly cursor?: string;
}

/** Metadata with the place where a caller finds the secret. */
export interface LocatedMetadata extends SecretMetadata {
  readonly path: string;
  readonly provider: string;
}

export interface MetadataReaderOptions {
  readonly clock: Clock;
  readonly policy: Policy;
  readonly router: Router;
  readonly calls: StoreCalls;
  readonly recorder: AccessRecorder;
}

/** Everything but values: lists, descriptions, histories. Not cached. */
export class MetadataReader {
  readonly #options: MetadataReaderOptions;
  readonly #seal = new CursorSeal();

  constructor(options: MetadataReaderOptions) {
    this.#options = options;
  }

  list(request: ListRequest): Promise<Page<LocatedMetadata>> {
    const { prefix, tags, limit, context } = request;
    return this.#recorded('list', { path: prefix, context }, async (routed) => {
      const route = this.#options.router.routePrefix(prefix, request.provider);
      const { instance } = route;
      routed(instance.name);
      const binding = ['list', context.caller, instance.name, prefix, JSON.stringify(tags)];
      const cursor = this.#open(request.cursor, binding);
      const query = { prefix: route.nativePrefix, tags, limit, ...(cursor !== undefined && { cursor }) };
      const page = await this.#options.calls.ask({
        instance,
        name: 'list',
        subject: query.prefix,
        run: (call) => instance.provider.list(query, call),
      });
      const items = page.items.flatMap((item) => {
        const path = route.toPath(item.name);
        return path === undefined ? [] : [{ ...item, path, provider: instance.name }];
      });
      return this.#sealed({ ...page, items }, binding);
    });
  }

  describe(request: DescribeRequest): Promise<LocatedMetadata> {
    const { path } = request;
    return this.#recorded('describe', request, async (routed) => {
      const { instance, location } = this.#options.router.route(toTarget(request));
      routed(instance.name);
      const metadata = await this.#options.calls.ask({
        instance,
        name: 'describe',
        subject: location.id,
        run: (call) => instance.provider.describe(location.id, call),
      });
      return { ...metadata, path, provider: instance.name };
    });
  }

  versions(request: VersionsRequest): Promise<Page<SecretVersion>> {
    const { context, limit } = request;
    return this.#recorded('describe', request, async (routed) => {
      const { instance, location } = this.#options.router.route(toTarget(request));
      routed(instance.name);
      const binding = ['versions', context.caller, instance.name, location.id];
      const cursor = this.#open(request.cursor, binding);
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      const page = await this.#options.calls.ask({
        instance,
        name: 'versions',
        subject: location.id,
        run: (call) => instance.provider.versions(location.id, query, call),
      });
      return this.#sealed(page, binding);
    });
  }

  /** Policy, the work, and the record of how it went. */
  async #recorded<T>(
    operation: Operation,
    asked: { readonly path: string; readonly context: AccessContext },
    work: (routed: (provider: string) => void) => Promise<T>,
  ): Promise<T> {
    const { clock, policy, recorder } = this.#options;
    const access = { operation, path: asked.path, context: asked.context, startedMs: clock.monotonicMs() };
    let provider: string | undefined;
    try {
      policy.assertAllowed(asked.context, operation);
      const answer = await work((name) => (provider = name));
      recorder.succeeded(access, { provider: provider ?? 'none', cached: false });
      return answer;
    } catch (error) {
      recorder.failed(access, error, provider);
      throw error;
    }
  }

  #open(cursor: string | undefined, binding: readonly string[]): string | undefined {
    return cursor === undefined ? undefined : this.#seal.open(cursor, binding);
  }

  #sealed<T>(page: Page<T>, binding: readonly string[]): Page<T> {
    const { items, nextCursor } = page;
    return nextCursor === undefined ? { items } : { items, nextCursor: this.#seal.seal(nextCursor, binding) };
  }
}

const toTarget = ({ path, provider }: DescribeRequest): { readonly path: string; readonly provider?: string } =>
  provider === undefined ? { path } : { path, provider };
