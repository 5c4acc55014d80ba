import type { AccessContext } from '../core/access-context.ts';
import type { Page, SecretMetadata, SecretVersion } from '../core/secret.ts';
import type { CheckedAccess } from './checked-access.ts';
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
  readonly access: CheckedAccess;
  readonly router: Router;
  readonly calls: StoreCalls;
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
    return this.#options.access.run({ operation: 'list', path: prefix, context }, async (routed) => {
      const route = this.#options.router.routePrefix(prefix, request.provider);
      const { source, store } = route;
      routed(source.name);
      const binding = ['list', context.caller, source.name, prefix, JSON.stringify(tags)];
      const cursor = this.#open(request.cursor, binding);
      const query = { prefix: route.nativePrefix, tags, limit, ...(cursor !== undefined && { cursor }) };
      const page = await this.#options.calls.ask({
        source,
        name: 'list',
        subject: query.prefix,
        run: (call) => store.list(query, call),
      });
      const items = page.items.flatMap((item) => {
        const path = route.toPath(item.name);
        return path === undefined ? [] : [{ ...item, path, provider: source.name }];
      });
      return this.#sealed({ ...page, items }, binding);
    });
  }

  describe(request: DescribeRequest): Promise<LocatedMetadata> {
    const { path, context } = request;
    return this.#options.access.run({ operation: 'describe', path, context }, async (routed) => {
      const [{ source, store, location }] = this.#options.router.route(toTarget(request));
      routed(source.name);
      const metadata = await this.#options.calls.ask({
        source,
        name: 'describe',
        subject: location.id,
        run: (call) => store.describe(location.id, call),
      });
      return { ...metadata, path, provider: source.name };
    });
  }

  versions(request: VersionsRequest): Promise<Page<SecretVersion>> {
    const { path, context, limit } = request;
    return this.#options.access.run({ operation: 'describe', path, context }, async (routed) => {
      const [{ source, store, location }] = this.#options.router.route(toTarget(request));
      routed(source.name);
      const binding = ['versions', context.caller, source.name, location.id];
      const cursor = this.#open(request.cursor, binding);
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      const page = await this.#options.calls.ask({
        source,
        name: 'versions',
        subject: location.id,
        run: (call) => store.versions(location.id, query, call),
      });
      return this.#sealed(page, binding);
    });
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
