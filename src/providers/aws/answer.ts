import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { ErrorDetails } from '../../core/errors/secrets-error.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import { retryAfter } from '../../transport/retry-after.ts';
import { textAt } from '../../core/json-fields.ts';

/** What came back from the address, be it AWS or something in front of it. */
export interface Answer {
  readonly status: number;
  /** The parsed body; an empty object when it is none. */
  readonly body: JsonObject;
  /** The vendor's code, empty for a success and for what is not of AWS. */
  readonly code: string;
  /** The vendor's own words. They may name accounts, keys and policies: to be matched, never passed on. */
  readonly message: string;
  readonly isSuccess: boolean;
  /** How long to wait, when AWS says so. */
  readonly retry: Pick<ErrorDetails, 'retryAfterMs'>;
}

export function toAnswer({ status, headers, text }: HttpResponse, wallMs: number): Answer {
  const body = parse(text);
  const isSuccess = status === 200 && body !== undefined;
  const xml = body === undefined ? readXmlError(text) : undefined;
  const code =
    textAt(body ?? {}, '__type') ?? textAt(body ?? {}, 'code') ?? headers.get('x-amzn-errortype') ?? xml?.code;
  const message = textAt(body ?? {}, 'message') ?? textAt(body ?? {}, 'Message') ?? xml?.message;
  return {
    status,
    body: body ?? {},
    code: isSuccess ? '' : toCode(code ?? ''),
    message: message ?? '',
    isSuccess,
    retry: toRetry(headers, wallMs),
  };
}

/** `com.amazonaws.secretsmanager#Name:http://…` and its like, cut in the order of the SDKs. */
export function toCode(text: string): string {
  const [code = ''] = (text.split(',')[0] ?? '').split(':');
  const name = code.slice(code.indexOf('#') + 1);
  // It goes into messages.
  return /^\w{1,100}$/.test(name) ? name : '';
}

/** AWS answers in JSON alone; moto, which stands in for it, refuses signatures in the XML of the older services. */
function readXmlError(text: string): { readonly code?: string; readonly message?: string } | undefined {
  if (!/^(<\?xml[^>]*>)?\s*<ErrorResponse[\s>]/.test(text)) return undefined;
  const [, code = ''] = /<Code>([^<]*)<\/Code>/.exec(text) ?? [];
  const [, message = ''] = /<Message>([^<]*)<\/Message>/.exec(text) ?? [];
  return { code, message };
}

function toRetry(headers: ReadonlyMap<string, string>, wallMs: number): Pick<ErrorDetails, 'retryAfterMs'> {
  const ms = headers.get('x-amz-retry-after') ?? '';
  return /^\d{1,9}$/.test(ms) ? { retryAfterMs: Number(ms) } : retryAfter(headers, wallMs);
}

function parse(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
