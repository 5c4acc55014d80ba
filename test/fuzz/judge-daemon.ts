import type { Checks } from './checks.ts';
import { perform } from './connection.ts';
import { type Exchange, listeners, type ListenerName } from './exchange.ts';
import type { Figures } from './figures.ts';
import type { FuzzedDaemon, Written } from './fuzzed-daemon.ts';
import { hangUp } from './hang-up.ts';
import { holdConnections } from './hold-connections.ts';
import { leakedSecrets, leaksToken, stackFrame } from './leaks.ts';
import { type ParsedResponse, parseResponses } from './response-parser.ts';
import { rightCredential } from './valid-requests.ts';

/** The checks that the daemon is put to when all is over. */
export const daemonChecks = [
  'the daemon is the same process as before',
  'every listener still answers /livez',
  'the secrets are still served',
  'memory stays under 512 MiB',
  'memory has stopped growing: less than 64 MiB over the second half of a long run',
  'SIGTERM ends it with exit code 0 though clients hold connections open',
  'logs, audit and standard output hold no value',
  'logs, audit and standard output hold no token',
  'logs, audit and standard output hold no stack trace',
  'every line of log and audit is one JSON object',
] as const;

type DaemonCheck = (typeof daemonChecks)[number];

const MAX_BYTES = 512 * 1_048_576;
const MAX_GROWTH_BYTES = 64 * 1_048_576;
// Below, the heap has not yet found its size.
const LONG_RUN_REQUESTS = 20_000;

/** Looks at the daemon, ends it, and looks at what it has written. */
export async function judgeDaemon(daemon: FuzzedDaemon, figures: Figures, checks: Checks): Promise<void> {
  const fail = (check: DaemonCheck, why: string): void => checks.fail(check, why);
  await hangUp(daemon);
  if (!daemon.isRunning()) fail('the daemon is the same process as before', `process ${daemon.pid} has ended`);
  else await judgeRunning(daemon, fail);
  judgeMemory(figures, fail);
  const letGo = daemon.isRunning() ? await holdConnections(daemon) : (): void => undefined;
  const code = await daemon.stop();
  letGo();
  if (code !== 0)
    fail(
      'SIGTERM ends it with exit code 0 though clients hold connections open',
      `exit code ${code ?? 'none, after 15 s'}`,
    );
  judgeWritten(await daemon.written(), fail);
}

type Fail = (check: DaemonCheck, why: string) => void;

function judgeMemory({ memory, requests }: Figures, fail: Fail): void {
  const last = memory.at(-1)?.bytes ?? 0;
  const grown = last - (memory.find(({ share }) => share >= 0.5)?.bytes ?? 0);
  if (last > MAX_BYTES) fail('memory stays under 512 MiB', `${last} bytes`);
  if (requests >= LONG_RUN_REQUESTS && grown > MAX_GROWTH_BYTES)
    fail('memory has stopped growing: less than 64 MiB over the second half of a long run', `${grown} bytes more`);
}

async function judgeRunning(daemon: FuzzedDaemon, fail: Fail): Promise<void> {
  for (const listener of listeners) {
    const answer = await ask(daemon, listener, '/livez');
    if (answer?.status !== 200)
      fail('every listener still answers /livez', `${listener}: ${answer?.status ?? 'nothing'}`);
  }
  const secret = await ask(daemon, 'tcp', '/v1/secrets/db/creds?key=password&format=raw');
  if (secret?.body.toString() !== 'correct-horse-battery-staple')
    fail('the secrets are still served', `${secret?.status ?? 'nothing'}`);
}

async function ask(daemon: FuzzedDaemon, listener: ListenerName, target: string): Promise<ParsedResponse | undefined> {
  const segments = [
    Buffer.from(
      `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${rightCredential(daemon.mode)}\r\n\r\n`,
    ),
  ];
  const shape = { index: -1, kind: 'last', requests: 1, pauseMs: 0, expected: [200], ending: 'wait' } as const;
  const exchange: Exchange = { ...shape, listener, segments };
  const { received } = await perform(exchange, daemon.addresses[listener], false);
  return parseResponses(received, false).responses[0];
}

function judgeWritten(written: Written, fail: Fail): void {
  for (const [name, text] of Object.entries(written)) {
    const leaked = leakedSecrets(text);
    if (leaked.length > 0) fail('logs, audit and standard output hold no value', `${name}: ${leaked.join(', ')}`);
    if (leaksToken(text)) fail('logs, audit and standard output hold no token', name);
    const frame = stackFrame(text);
    if (frame !== undefined)
      fail('logs, audit and standard output hold no stack trace', `${name}: ${lineWith(text, frame)}`);
    for (const line of text.split('\n')) {
      if (line !== '' && !isJsonObject(line))
        fail('every line of log and audit is one JSON object', `${name}: ${line}`);
    }
  }
}

const lineWith = (text: string, part: string): string =>
  (text.split('\n').find((line) => line.includes(part)) ?? part).slice(0, 600);

function isJsonObject(line: string): boolean {
  try {
    return typeof JSON.parse(line) === 'object';
  } catch {
    return false;
  }
}
