import { RequestError } from '../../core/errors/request-error.ts';

/** Where a list goes on. */
export interface Place {
  /** Of the store's page that comes next; undefined for the first. */
  readonly token: string | undefined;
  /** The name in that page after which it goes on; undefined for its beginning. */
  readonly after: string | undefined;
}

export const toCursor = ({ token, after }: Place): string => JSON.stringify([token ?? null, after ?? null]);

/** @throws RequestError `InvalidParameter` */
export function parsePlace(cursor: string | undefined): Place {
  if (cursor === undefined) return { token: undefined, after: undefined };
  const parts = parse(cursor);
  if (!Array.isArray(parts)) throw new RequestError('InvalidParameter', "'cursor' is none of a list at AWS");
  const [token, after] = parts.map((part) => (typeof part === 'string' ? part : undefined));
  return { token, after };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
