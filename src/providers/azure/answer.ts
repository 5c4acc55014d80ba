import type { ErrorDetails } from '../../core/errors/secrets-error.ts';
import { isObject, type JsonObject } from '../../core/json-object.ts';
import { parseObject, textAt } from '../../core/json-fields.ts';
import { retryHint } from '../../credentials/azure/retry-hint.ts';
import type { HttpResponse } from '../../transport/http-client.ts';

/** What came back from the vault's address, be it the vault or something in front of it. */
export interface Answer {
  readonly status: number;
  /** From `Retry-After` and its like, where there is one. */
  readonly retry: Pick<ErrorDetails, 'retryAfterMs'>;
  /** The text parsed; undefined when it is no JSON object. */
  readonly body: JsonObject | undefined;
  /** `WWW-Authenticate` */
  readonly challenge: string | undefined;
  /** Key Vault's own complaint; undefined for success and for answers of others. */
  readonly complaint: Complaint | undefined;
}

/** `{"error":{"code","message","innererror":{"code"}}}` */
export interface Complaint {
  readonly code: string;
  /** Matched and never passed on: it quotes ids, addresses and names of vaults. */
  readonly message: string;
  readonly innerCode: string | undefined;
}

export function toAnswer({ status, headers, text }: HttpResponse, wallMs: number): Answer {
  const body = parseObject(text);
  return {
    status,
    retry: retryHint(headers, wallMs),
    body,
    challenge: headers.get('www-authenticate'),
    complaint: status >= 400 ? toComplaint(body?.['error']) : undefined,
  };
}

/** The rows of a page of a list; undefined when the answer is something else. */
export function rowsOf({ status, body }: Answer): readonly unknown[] | undefined {
  const rows = status === 200 ? body?.['value'] : undefined;
  return Array.isArray(rows) ? rows : undefined;
}

function toComplaint(error: unknown): Complaint | undefined {
  if (!isObject(error)) return undefined;
  const code = textAt(error, 'code');
  // Documents and clients spell it in two ways.
  const inner = error['innererror'] ?? error['innerError'];
  const innerCode = isObject(inner) ? textAt(inner, 'code') : undefined;
  return code === undefined ? undefined : { code, message: textAt(error, 'message') ?? '', innerCode };
}
