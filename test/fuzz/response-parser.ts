/** An answer as it came. */
export interface ParsedResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
}

export interface ParsedStream {
  /** Final answers; interim ones (1xx) are left out. */
  readonly responses: readonly ParsedResponse[];
  /** Bytes of an answer that is not complete. */
  readonly rest: Buffer;
  /** Why the bytes are not HTTP; absent when they are. */
  readonly problem?: string;
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-5]\d\d) [\x20-\x7e]*$/;
// RFC 9110 §5.1 and §5.5, without the obsolete folding.
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*?)[ \t]*$/;

/** Reads the answers of one connection strictly. `mayBeHead`: a HEAD was sent, so that a body may be left out. */
export function parseResponses(bytes: Buffer, mayBeHead: boolean): ParsedStream {
  const responses: ParsedResponse[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const next = parseOne(rest, mayBeHead);
    if (next === 'incomplete') break;
    if (typeof next === 'string') return { responses, rest, problem: next };
    if (next.response.status >= 200) responses.push(next.response);
    rest = next.rest;
  }
  return { responses, rest };
}

interface Parsed {
  readonly response: ParsedResponse;
  readonly rest: Buffer;
}

function parseOne(bytes: Buffer, mayBeHead: boolean): Parsed | string {
  if (!Buffer.from('HTTP/1.1 ').equals(bytes.subarray(0, 9)) && bytes.length >= 9) return 'no status line';
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return 'incomplete';
  const [statusLine = '', ...lines] = bytes.toString('latin1', 0, end).split('\r\n');
  const status = Number(STATUS_LINE.exec(statusLine)?.[1]);
  if (Number.isNaN(status)) return `a wrong status line: ${JSON.stringify(statusLine)}`;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = FIELD.exec(line) ?? [];
    if (name === undefined || value === undefined) return `a wrong header: ${JSON.stringify(line)}`;
    if (headers.has(name.toLowerCase())) return `a header that comes twice: ${name}`;
    headers.set(name.toLowerCase(), value);
  }
  const after = bytes.subarray(end + 4);
  if (status < 200 || status === 204 || status === 304)
    return { response: { status, headers, body: EMPTY }, rest: after };
  return withBody({ status, headers, after, mayBeHead });
}

const EMPTY = Buffer.alloc(0);

interface Head extends Omit<ParsedResponse, 'body'> {
  readonly after: Buffer;
  readonly mayBeHead: boolean;
}

function withBody({ status, headers, after, mayBeHead }: Head): Parsed | string {
  const length = headers.get('content-length');
  if (headers.has('transfer-encoding')) return length === undefined ? 'a chunked answer' : 'two lengths in one answer';
  if (length === undefined || !/^\d+$/.test(length)) return 'an answer without a length';
  const bytes = Number(length);
  const isHead = mayBeHead && (after.length === 0 || after.subarray(0, 9).toString('latin1') === 'HTTP/1.1 ');
  if (isHead) return { response: { status, headers, body: EMPTY }, rest: after };
  if (after.length < bytes) return 'incomplete';
  return { response: { status, headers, body: after.subarray(0, bytes) }, rest: after.subarray(bytes) };
}
