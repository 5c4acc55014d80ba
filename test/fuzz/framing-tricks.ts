import { TOKEN_CANARY } from './canaries.ts';
import type { Mode } from './exchange.ts';
import type { Random } from './random.ts';
import { rightCredential } from './valid-requests.ts';

const BODY = '{"secrets":[{"path":"db/creds"}]}';
const LENGTH = String(BODY.length);
const CHUNK = `${BODY.length.toString(16)}\r\n${BODY}\r\n`;
const NEXT = 'GET /v1/secrets/app/key HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** A request whose length is told wrongly, twice, or strangely: what smuggles requests past careless servers. */
export function framingTrick(random: Random, mode: Mode): string {
  const [headers, body] = random.pick(tricks)(random);
  const lines = [
    'Host: localhost',
    `Authorization: Bearer ${rightCredential(mode)}`,
    'Content-Type: application/json',
    ...headers,
  ];
  return `POST /v1/batch HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`;
}

type Trick = (random: Random) => readonly [headers: readonly string[], body: string];

const chunked = 'Transfer-Encoding: chunked';
const always = (headers: readonly string[], body: string): Trick => {
  return () => [headers, body];
};

const tricks: readonly Trick[] = [
  always([chunked], `${CHUNK}0\r\n\r\n`),
  always([chunked], `${CHUNK}0\r\nX-Trailer: ${TOKEN_CANARY}\r\n\r\n`),
  always([chunked], `${BODY.length.toString(16)};ext="${'x'.repeat(40)}"\r\n${BODY}\r\n0\r\n\r\n`),
  always([chunked], `${BODY.length.toString(16)};${'x'.repeat(20_000)}\r\n${BODY}\r\n0\r\n\r\n`),
  always([chunked], `ffffffffffffffff\r\n${BODY}`),
  always([chunked], `-1\r\n${BODY}\r\n0\r\n\r\n`),
  always([chunked], `zz\r\n${BODY}\r\n0\r\n\r\n`),
  always([chunked], `0x21\r\n${BODY}\r\n0\r\n\r\n`),
  always([chunked], CHUNK),
  always([chunked], `${CHUNK.slice(0, -2)}0\r\n\r\n`),
  (random) => [
    [chunked],
    `${BODY.split('')
      .map((byte) => `1\r\n${byte}\r\n`)
      .join('')}0\r\n${random.chance(0.5) ? '\r\n' : ''}`,
  ],
  always([`Content-Length: ${LENGTH}`, `Content-Length: ${LENGTH}`], BODY),
  always([`Content-Length: ${LENGTH}`, 'Content-Length: 5'], BODY),
  always([`Content-Length: ${LENGTH}, ${LENGTH}`], BODY),
  always([`Content-Length: ${LENGTH}`, chunked], `${CHUNK}0\r\n\r\n`),
  always([chunked, `Content-Length: ${LENGTH}`], `0\r\n\r\n${NEXT}`),
  always([chunked, 'Content-Length: 3'], `${CHUNK}0\r\n\r\n${NEXT}`),
  always(['Transfer-Encoding: identity', `Content-Length: ${LENGTH}`], BODY),
  always(['Transfer-Encoding: gzip, chunked'], `${CHUNK}0\r\n\r\n`),
  always(['Transfer-Encoding: chunked, identity'], `${CHUNK}0\r\n\r\n`),
  always(['Transfer-Encoding:\tchunked'], `${CHUNK}0\r\n\r\n`),
  always(['Transfer-Encoding: xchunked'], `${CHUNK}0\r\n\r\n`),
  always(['Transfer-Encoding : chunked'], `${CHUNK}0\r\n\r\n`),
  always([chunked, chunked], `${CHUNK}0\r\n\r\n`),
  always(['Content-Length: +33'], BODY),
  always(['Content-Length: -1'], BODY),
  always(['Content-Length: 0x21'], BODY),
  always(['Content-Length: 99999999999999999999'], BODY),
  always(['Content-Length:'], BODY),
  always([`Content-Length: ${BODY.length + 10}`], BODY),
  always([`Content-Length: ${BODY.length - 10}`], BODY),
  always([`Content-Length: ${LENGTH}`, 'Expect: 100-continue'], BODY),
  always([`Content-Length: ${LENGTH}`, `Expect: ${TOKEN_CANARY}`], BODY),
  always([`Content-Length: ${LENGTH}`, 'Content-Encoding: gzip'], BODY),
  always([`Content-Length: ${LENGTH}`, 'Connection: close'], BODY + NEXT),
  always([`Content-Length: ${LENGTH}`, 'Connection: Upgrade', 'Upgrade: h2c'], BODY),
  always(['X: a', ' folded: b', `Content-Length: ${LENGTH}`], BODY),
  always([`X-Bare:\rContent-Length: ${LENGTH}`], BODY),
];
