import type { Query } from './query.ts';

/** The part of a longer list that is asked for. */
export interface Paging {
  readonly limit: number;
  readonly cursor?: string;
  /** Name of an instance, to override the mapping. */
  readonly provider?: string;
}

const DEFAULT_LIMIT = 100;

export function parsePaging(query: Query): Paging {
  const [provider, cursor] = [query.text('provider'), query.text('cursor')];
  return {
    limit: query.number('limit') ?? DEFAULT_LIMIT,
    ...(cursor !== undefined && { cursor }),
    ...(provider !== undefined && { provider }),
  };
}
