import type { RateLimits } from '../access/rate-limits.ts';
import type { Client } from '../client/client.ts';

/** Reads of several secrets by one request, each of which counts: the request itself was counted as one of them. */
export function chargedReads(
  client: Pick<Client, 'readAll' | 'preview'>,
  limits: Pick<RateLimits, 'charge'>,
): Pick<Client, 'readAll' | 'preview'> {
  return {
    readAll: (targets, reader) => {
      if (targets.length > 0) limits.charge(reader.context.caller, targets.length - 1);
      return client.readAll(targets, reader);
    },
    preview: (target, context) => client.preview(target, context),
  };
}
