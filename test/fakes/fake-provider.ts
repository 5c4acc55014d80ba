import type { Call } from '../../src/core/call.ts';
import type { ListQuery, Location, ProviderStatus, SecretProvider, VersionsQuery } from '../../src/core/provider.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from '../../src/core/secret.ts';
import { RotationError } from '../../src/core/errors/rotation-error.ts';
import type { Selector } from '../../src/core/selector.ts';
import { textSecret } from './secrets.ts';

/** What a call was made with. */
export interface LoggedCall {
  readonly name: 'get' | 'list' | 'describe' | 'versions';
  readonly id: string;
  readonly selector?: Selector;
  readonly query?: ListQuery | VersionsQuery;
  readonly signal: AbortSignal;
}

/** A store that answers what it is told to. Every secret exists until it is told otherwise. */
export class FakeProvider implements SecretProvider {
  readonly name: string;
  readonly type = 'local';
  /** All calls, in order. */
  readonly calls: LoggedCall[] = [];
  /** What `get` does. */
  onGet: (location: Location, call: Call) => Secret | Promise<Secret> = ({ id }) => textSecret(`value of ${id}`);
  onList: (query: ListQuery) => Page<SecretMetadata> = () => ({ items: [] });
  onVersions: (id: string, query: VersionsQuery) => Page<SecretVersion> = () => ({ items: [] });
  onDescribe: (id: string) => SecretMetadata = (id) => ({ name: id });
  /** What `locate` makes of a path: the canonical id. */
  toId: (path: string) => string = (path) => path;

  constructor(name = 'files') {
    this.name = name;
  }

  /** `get` throws it from now on. */
  failWith(error: Error): void {
    this.onGet = () => {
      throw error;
    };
  }

  /** `get` never answers from now on, and does not listen to its signal either. */
  hang(): void {
    this.onGet = () => new Promise(() => {});
  }

  /** `get` waits from now on until the returned functions are called. */
  hold(): { answer(secret: Secret): void; fail(error: Error): void } {
    const { promise, resolve, reject } = Promise.withResolvers<Secret>();
    this.onGet = () => promise;
    return { answer: resolve, fail: reject };
  }

  locate(path: string, selector: Selector): Location {
    return { id: this.toId(path), selector };
  }

  async get(location: Location, call: Call): Promise<Secret> {
    this.calls.push({ name: 'get', ...location, ...call });
    return this.onGet(location, call);
  }

  async list(query: ListQuery, call: Call): Promise<Page<SecretMetadata>> {
    this.calls.push({ name: 'list', id: query.prefix, query, ...call });
    return this.onList(query);
  }

  async describe(id: string, call: Call): Promise<SecretMetadata> {
    this.calls.push({ name: 'describe', id, ...call });
    return this.onDescribe(id);
  }

  async versions(id: string, query: VersionsQuery, call: Call): Promise<Page<SecretVersion>> {
    this.calls.push({ name: 'versions', id, query, ...call });
    return this.onVersions(id, query);
  }

  rotate(): Promise<RotationResult> {
    return Promise.reject(new RotationError('RotationNotConfigured', 'the store cannot rotate'));
  }

  health(): Promise<readonly string[]> {
    return Promise.resolve([]);
  }

  status(): ProviderStatus {
    return {};
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
