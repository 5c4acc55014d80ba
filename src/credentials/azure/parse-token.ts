import type { Clock } from '../../core/clock.ts';
import { Redacted } from '../../core/redacted.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import type { AccessToken } from './access-token.ts';
import { parseObject, textAt } from '../../core/json-fields.ts';
import { numberAt } from './json-body.ts';

// In seconds. Of a token that lives longer, half its life is enough to be ready for its end (managed identity guidance of Entra).
const LONG_LIFE = 2 * 3600;

/** The request that a token answers. */
export interface Asked {
  /** On the monotonic clock. A token's life is counted from here, so that it never seems longer than it is. */
  readonly sinceMs: number;
  /** In words for the operator. */
  readonly source: string;
}

/** The token in the answer of Entra or of a metadata service; undefined when there is none. */
export function parseToken(response: HttpResponse, asked: Asked, clock: Clock): AccessToken | undefined {
  const body = parseObject(response.text) ?? {};
  const value = textAt(body, 'access_token');
  const life = numberAt(body, 'expires_in') ?? secondsUntil(body['expires_on'], response, clock);
  if (value === undefined || life === undefined || life <= 0) return undefined;
  const refresh = numberAt(body, 'refresh_in') ?? (life > LONG_LIFE ? life / 2 : undefined);
  return {
    value: new Redacted(value),
    source: asked.source,
    expiresAtMs: asked.sinceMs + life * 1000,
    ...(refresh !== undefined && { refreshAtMs: asked.sinceMs + refresh * 1000 }),
  };
}

/** From the other side's clock, where its answer tells it: ours may be wrong. */
function secondsUntil(expiresOn: unknown, { headers }: HttpResponse, clock: Clock): number | undefined {
  const nowMs = Date.parse(headers.get('date') ?? '') || clock.wallMs();
  const seconds = numberAt({ expiresOn }, 'expiresOn') ?? Date.parse(String(expiresOn)) / 1000;
  return Number.isFinite(seconds) ? seconds - nowMs / 1000 : undefined;
}
