import type { HttpResponse } from '../../transport/http-client.ts';
import type { ErrorDetails } from '../../core/errors/secrets-error.ts';
import { retryAfter } from '../../transport/retry-after.ts';
import { isObject, type JsonObject } from '../../core/json-object.ts';

/** What came back from the address, be it Vault or something in front of it. */
export interface Answer {
  readonly status: number;
  /** From `Retry-After`, where there is one. */
  readonly retry: Pick<ErrorDetails, 'retryAfterMs'>;
  /** The source text, from which values are cut. */
  readonly text: string;
  /** The text parsed; undefined when it is no JSON object. */
  readonly body: JsonObject | undefined;
  /** Vault's own complaints in one text; empty for success, and for a plain "not found". */
  readonly complaint: string;
  /** Whether this has Vault's shape. If not, a proxy, an ingress or another service has answered. */
  readonly isVaults: boolean;
}

export function toAnswer({ status, headers, text }: HttpResponse, wallMs: number): Answer {
  const body = parse(text);
  const errors = body?.['errors'];
  const hasErrors = Array.isArray(errors) && errors.every((item) => typeof item === 'string');
  return {
    status,
    retry: retryAfter(headers, wallMs),
    text,
    body,
    complaint: hasErrors ? errors.join('\n') : '',
    isVaults: status === 204 || (hasErrors && status >= 400) || isEnvelope(body),
  };
}

/** Whether the call did what was asked; the envelope may be empty. */
export const isSuccess = (answer: Answer): boolean =>
  answer.isVaults && (answer.status === 200 || answer.status === 204);

const isEnvelope = (body: JsonObject | undefined): boolean =>
  body !== undefined && typeof body['request_id'] === 'string' && ('data' in body || 'auth' in body);

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
