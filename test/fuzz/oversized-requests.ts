import { TOKEN_CANARY } from './canaries.ts';
import type { Random } from './random.ts';

const head = (line: string, ...headers: readonly string[]): string =>
  `${[line, 'Host: localhost', ...headers].join('\r\n')}\r\n\r\n`;

/** A request that is too much of something. */
export function oversizedRequest(random: Random): string {
  return random.pick(drafts)(random);
}

const drafts: readonly ((random: Random) => string)[] = [
  (random) => head(`GET /v1/secrets/${'a'.repeat(random.int(10_000, 40_000))} HTTP/1.1`),
  (random) => head('GET /livez HTTP/1.1', `X-Long: ${'b'.repeat(random.int(10_000, 40_000))}`),
  (random) =>
    head('GET /livez HTTP/1.1', ...Array.from({ length: random.int(500, 4_000) }, (_, at) => `x${at}: ${at}`)),
  (random) => head('GET /livez HTTP/1.1', `Cookie: ${`a=${TOKEN_CANARY}; `.repeat(random.int(10, 1_000))}`),
  (random) => {
    const body = 'c'.repeat(random.int(1_048_577, 1_200_000));
    return head('POST /v1/resolve HTTP/1.1', 'Content-Type: text/plain', `Content-Length: ${body.length}`) + body;
  },
  () => head('POST /v1/resolve HTTP/1.1', 'Content-Type: text/plain', 'Content-Length: 4000000000') + 'd'.repeat(100),
  (random) => `${'G'.repeat(random.int(100, 70_000))} / HTTP/1.1\r\n\r\n`,
  (random) => head(`CONNECT ${'e'.repeat(random.int(1, 500))}:443 HTTP/1.1`),
];
