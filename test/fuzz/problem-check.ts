import type { ParsedResponse } from './response-parser.ts';

const MEMBERS = {
  type: 'string',
  title: 'string',
  status: 'number',
  detail: 'string',
  error: 'string',
  code: 'string',
  retryable: 'boolean',
  requestId: 'string',
} as const;

/** What is wrong with a refusal as a problem of RFC 9457 with our members (design §3); undefined when nothing is. */
export function problemFault({ status, headers, body }: ParsedResponse): string | undefined {
  const type = headers.get('content-type') ?? '';
  if (type.split(';')[0] !== 'application/problem+json') return `Content-Type is '${type}'`;
  // The answer to HEAD.
  if (body.length === 0 && headers.get('content-length') !== '0') return undefined;
  const problem = parseObject(body);
  if (problem === undefined) return 'the body is not a JSON object';
  for (const [name, wanted] of Object.entries(MEMBERS)) {
    if (typeof problem[name] !== wanted) return `'${name}' is no ${wanted}`;
  }
  if (problem['status'] !== status) return `'status' is ${String(problem['status'])} in a ${status}`;
  if (problem['requestId'] !== headers.get('x-request-id')) return "'requestId' is not that of the header";
  return undefined;
}

/** The code of a refusal, for the figures. */
export function problemCode({ body }: ParsedResponse): string {
  const code = parseObject(body)?.['code'];
  return typeof code === 'string' ? code : 'without a body';
}

function parseObject(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    // An object of JSON is nothing else.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
