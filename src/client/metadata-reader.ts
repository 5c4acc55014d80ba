import type { CallerPolicy } from '../access/caller-policy.ts';
import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Call } from '../core/call.ts';
import type { PathPlace } from '../core/path-place.ts';
import type { Page, SecretMetadata, SecretVersion } from '../core/secret.ts';
import type { TraceContext } from '../core/tracer.ts';
import type { Asked, CheckedAccess } from './checked-access.ts';
import { CursorSeal } from './cursor-seal.ts';
import type { PrefixRoute, Router } from './router.ts';
import type { StoreCalls } from './store-calls.ts';
import type { Tags } from './tag-reader.ts';

// Of one answer.
const MAX_PAGES = 10;

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

  /** What the caller may see of what the store lists. */
  list(request: ListRequest): Promise<Page<LocatedMetadata>> {
    const { prefix, context } = request;
    return this.#options.access.toPrefix(
      { ...toAsked(request, 'list'), path: prefix },
      async (rules, { routed, span }) => {
        const route = this.#options.router.routePrefix(prefix, request.provider);
        routed(route.source.name);
        const tags = withConditions(request.tags, rules.conditions);
        // No secret can have one tag twice.
        if (tags === undefined) {
          span?.set({ count: 0 });
          return { items: [] };
        }
        const binding = ['list', context.caller, route.source.name, prefix, JSON.stringify(request.tags)];
        const cursor = this.#open(request.cursor, binding);
        const question = { route, rules, tags, limit: request.limit, trace: span?.context };
        const page = await this.#gather(question, cursor);
        span?.set({ count: page.items.length });
        return this.#sealed(page, binding);
      },
    );
  }

  /**
   * A page may lose items to the policy. It is filled up from the next ones, so that the length of pages says little of
   * what is hidden; a caller who may see next to nothing gets short pages all the same.
   */
  async #gather(question: ListQuestion, start: string | undefined): Promise<Page<LocatedMetadata>> {
    const items: LocatedMetadata[] = [];
    let cursor = start;
    for (let pages = 0; pages < MAX_PAGES; pages++) {
      const page = await this.#page(question, { limit: question.limit - items.length, cursor });
      items.push(...page.items);
      cursor = page.nextCursor;
      if (cursor === undefined || items.length >= question.limit || !page.isFiltered) break;
    }
    return { items, ...(cursor !== undefined && { nextCursor: cursor }) };
  }

  async #page({ route, rules, tags, trace }: ListQuestion, { limit, cursor }: Part): Promise<FilteredPage> {
    const { source, store, nativePrefix: prefix } = route;
    const query = { prefix, tags, limit, ...(cursor !== undefined && { cursor }) };
    const run = (call: Call): Promise<Page<SecretMetadata>> => store.list(query, call);
    const page = await this.#options.calls.ask({ source, name: 'list', subject: prefix, run, trace });
    const items = page.items.flatMap((item) => {
      const place = route.toPlace(item.name);
      if (place === undefined || !mayBeSeen(rules, place, item)) return [];
      return [{ ...item, path: place.canonical, provider: source.name }];
    });
    return { ...page, items, isFiltered: items.length < page.items.length };
  }

  describe(request: DescribeRequest): Promise<LocatedMetadata> {
    return this.#options.access.toSecret(toAsked(request, 'describe'), async ([{ source, store, location }], trace) => {
      const metadata = await this.#options.calls.ask({
        source,
        name: 'describe',
        subject: location.id,
        run: (call) => store.describe(location.id, call),
        trace,
      });
      return { ...metadata, path: request.path, provider: source.name };
    });
  }

  versions(request: VersionsRequest): Promise<Page<SecretVersion>> {
    const { context, limit } = request;
    return this.#options.access.toSecret(toAsked(request, 'describe'), async ([{ source, store, location }], trace) => {
      const binding = ['versions', context.caller, source.name, location.id];
      const cursor = this.#open(request.cursor, binding);
      const query = { limit, ...(cursor !== undefined && { cursor }) };
      const page = await this.#options.calls.ask({
        source,
        name: 'versions',
        subject: location.id,
        run: (call) => store.versions(location.id, query, call),
        trace,
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

interface ListQuestion {
  readonly route: PrefixRoute;
  readonly rules: CallerPolicy;
  readonly tags: Tags;
  readonly limit: number;
  readonly trace: TraceContext | undefined;
}

interface Part {
  readonly limit: number;
  readonly cursor: string | undefined;
}

interface FilteredPage extends Page<LocatedMetadata> {
  readonly isFiltered: boolean;
}

const toAsked = (
  { path = '', provider, context }: Pick<ListRequest, 'context' | 'provider'> & { readonly path?: string },
  operation: Operation,
): Asked => ({
  operation,
  path,
  context,
  ...(provider !== undefined && { provider }),
});

/** A store that lists no tags has looked at them all the same: they were part of the question. */
function mayBeSeen(rules: CallerPolicy, place: PathPlace, { tags }: SecretMetadata): boolean {
  const isTagged = tags === undefined || rules.decideTags(tags).isAllowed;
  return isTagged && rules.decidePath(place.canonical, [place]).isAllowed;
}

/** Both what is asked for and what the policy asks for; undefined when nothing can have both. */
function withConditions(tags: Tags, conditions: Tags = {}): Tags | undefined {
  const isPossible = Object.entries(conditions).every(
    ([name, value]) => !Object.hasOwn(tags, name) || tags[name] === value,
  );
  return isPossible ? { ...tags, ...conditions } : undefined;
}
