import { randomUUID } from 'node:crypto';
import { ANONYMOUS } from '../access/caller-rules.ts';
import type { Client } from '../client/client.ts';
import type { ReadAnswer } from '../client/failover.ts';
import type { ReadRequest } from '../client/secret-reader.ts';
import type { AccessContext } from '../core/access-context.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { keepAlive } from '../core/keep-alive.ts';
import type { RotationResult } from '../core/secret.ts';
import { parseSecretPath, parseSecretPrefix } from '../core/secret-path.ts';
import { Resolver } from '../resolver/resolver.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { listSecrets } from './list-secrets.ts';
import { SecretValues } from './secret-values.ts';
import type {
  GetSecretOptions,
  ListOptions,
  SecretList,
  SecretMetadata,
  SecretsClient,
  SecretValue,
} from './secrets-client.ts';
import { toMetadata } from './to-metadata.ts';

/** What the specification asks of a client, put to the pipeline. */
export class InProcessClient implements SecretsClient {
  readonly #engine: Engine;
  readonly #values: SecretValues;
  readonly #isAudited: boolean;
  readonly #caller: AccessContext = Object.freeze({ caller: ANONYMOUS, source: 'in-process', requestId: randomUUID() });
  #calls = 0;
  readonly #forgetting = new Set<Promise<void>>();

  constructor(options: EngineOptions) {
    this.#engine = new Engine(options);
    this.#values = new SecretValues(this.#engine.around.clock);
    this.#isAudited = options.config.audit.enabled;
  }

  async getSecret(path: string, options?: GetSecretOptions): Promise<SecretValue> {
    const answer = this.#read(path, options);
    return this.#values.of(answer instanceof Promise ? await answer : answer);
  }

  async getSecretKey(path: string, key: string): Promise<string> {
    const answer = this.#read(path);
    return this.#values.key(answer instanceof Promise ? await answer : answer, key);
  }

  listSecrets(prefix: string, options?: ListOptions): Promise<SecretList> {
    const { clock } = this.#engine.around;
    return this.#ask((client) => listSecrets({ client, clock, context: this.#context() }, prefix, options));
  }

  describeSecret(path: string): Promise<SecretMetadata> {
    return this.#ask(async (client) => {
      const known = await client.describe({ path, context: this.#context() });
      return toMetadata(known, { path, answeredAt: new Date(this.#engine.around.clock.wallMs()) });
    });
  }

  rotateSecret(path: string): Promise<RotationResult> {
    return this.#ask((client) => client.rotate({ path, context: this.#context() }));
  }

  resolveReferences(text: string): Promise<string> {
    const { clock } = this.#engine.around;
    return this.#ask(async (client) => {
      const resolved = await new Resolver({ client, clock }).resolve({ format: 'text', text }, this.#context());
      return resolved.text;
    });
  }

  invalidateCache(path: string): void {
    parseSecretPath(path);
    this.#forget((client) => client.invalidate(path, this.#context()));
  }

  invalidateCachePrefix(prefix: string): void {
    parseSecretPrefix(prefix);
    this.#forget((client) => client.invalidatePrefix(prefix, this.#context()));
  }

  ready(): Promise<void> {
    return keepAlive(() => this.#engine.ready());
  }

  metrics(): Promise<string> {
    return this.#engine.around.metrics.text();
  }

  close(): Promise<void> {
    return keepAlive(() => this.#engine.close());
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Answers at once from the cache. */
  #read(path: string, options?: GetSecretOptions): ReadAnswer | Promise<ReadAnswer> {
    const request = toRequest({ path, context: this.#context() }, options);
    const client = this.#forgetting.size === 0 ? this.#engine.client : undefined;
    if (client === undefined) return this.#ask((started) => started.read(request));
    const answer = client.read(request);
    return answer instanceof Promise ? keepAlive(() => answer) : answer;
  }

  #ask<T>(ask: (client: Client) => T | Promise<T>): Promise<T> {
    return keepAlive(async () => {
      await Promise.all(this.#forgetting);
      return ask(this.#engine.client ?? (await this.#engine.started()));
    });
  }

  /** What is asked for after this call waits until it is forgotten. */
  #forget(forget: (client: Client) => Promise<void>): void {
    const { client } = this.#engine;
    // A client that did not start, or has ended, has nothing to forget.
    const starting = (): Promise<void> => this.#engine.started().then(forget, () => undefined);
    const forgotten = client === undefined ? starting() : forget(client);
    const done = forgotten
      .catch((error: unknown) => {
        // Nor is there anything under a path that leads to no provider.
        if (!isSecretsError(error)) throw error;
      })
      .finally(() => this.#forgetting.delete(done));
    this.#forgetting.add(done);
  }

  /** An audit line tells which client it was, and which of its calls; nothing else needs to know. */
  #context(): AccessContext {
    if (!this.#isAudited) return this.#caller;
    this.#calls += 1;
    return { ...this.#caller, requestId: `${this.#caller.requestId}-${this.#calls}` };
  }
}

/** A read of the path alone costs nothing to ask for. */
function toRequest(request: ReadRequest, options?: GetSecretOptions): ReadRequest {
  if (options === undefined) return request;
  const { version, stage, provider, skipCache } = options;
  return {
    ...request,
    ...(version !== undefined && { version }),
    ...(stage !== undefined && { stage }),
    ...(provider !== undefined && { provider }),
    ...(skipCache === true && { fresh: true }),
  };
}
