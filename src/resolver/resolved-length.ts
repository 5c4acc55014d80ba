import { RequestError } from '../core/errors/request-error.ts';

// A small text can name a large secret many times; what comes out has to fit into memory beside everything else.
const MAX_RESOLVED_LENGTH = 16 * 1024 * 1024;

/** @throws RequestError `PayloadTooLarge` where this much would come out. */
export function assertResolvedLength(length: number): void {
  if (length > MAX_RESOLVED_LENGTH)
    throw new RequestError('PayloadTooLarge', 'the document would be larger than 16 MiB with its references resolved');
}
