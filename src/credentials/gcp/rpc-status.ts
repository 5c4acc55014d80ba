import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { ErrorDetails } from '../../core/errors/secrets-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { retryAfter } from '../../transport/retry-after.ts';
import { objectAt, parseObject, textAt, textsAt } from '../../core/json-fields.ts';

/** A failure in the words of Google's APIs: `google.rpc.Status` as AIP-193 puts it into JSON. */
export interface RpcStatus {
  /** Such as `PERMISSION_DENIED`. */
  readonly status: string;
  /** To be matched, never to be passed on: it names projects and resources. */
  readonly message: string;
  /** From `ErrorInfo`, such as `SERVICE_DISABLED`; empty when there is none. */
  readonly reason: string;
  /** From `ErrorInfo`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** From `RetryInfo`, else from the header `Retry-After`. */
  readonly retry: Pick<ErrorDetails, 'retryAfterMs'>;
}

const DURATION = /^(\d+(?:\.\d+)?)s$/;

/** The failure that an answer tells of; undefined when it has another shape, so that something in between has spoken. */
export function parseRpcStatus({ text, headers }: HttpResponse, wallMs: number): RpcStatus | undefined {
  const error = objectAt(parseObject(text) ?? {}, 'error');
  const status = textAt(error, 'status');
  if (status === undefined || typeof error['code'] !== 'number') return undefined;
  const info = detail(error, 'ErrorInfo');
  const [, seconds] = DURATION.exec(textAt(detail(error, 'RetryInfo'), 'retryDelay') ?? '') ?? [];
  return {
    status,
    message: textAt(error, 'message') ?? '',
    reason: textAt(info, 'reason') ?? '',
    metadata: textsAt(info, 'metadata'),
    retry: seconds === undefined ? retryAfter(headers, wallMs) : { retryAfterMs: Number(seconds) * 1000 },
  };
}

function detail(error: JsonObject, name: string): JsonObject {
  const details = error['details'];
  const found: unknown = Array.isArray(details)
    ? details.find((item) => isObject(item) && item['@type'] === `type.googleapis.com/google.rpc.${name}`)
    : undefined;
  return isObject(found) ? found : {};
}
