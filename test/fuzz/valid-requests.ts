import { askedCanaries, TOKEN_CANARY } from './canaries.ts';
import type { ListenerName, Mode } from './exchange.ts';
import type { Random } from './random.ts';
import { mangled, webToken, wrongWebTokens } from './web-tokens.ts';

/** A request before it becomes bytes. */
export interface RequestDraft {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** The status that must come; 0 is any. */
  readonly status: number;
}

/** What a request comes in by, and what it has to show there. */
export interface Door {
  readonly listener: ListenerName;
  readonly mode: Mode;
}

/** A request that the daemon must answer as its contract says. */
export function validRequest(random: Random, door: Door): RequestDraft {
  const draft = random.pick(drafts)(random);
  const credential = someCredential(random, door.mode);
  const shown = credential === undefined ? [] : ([['Authorization', `Bearer ${credential}`]] as const);
  const headers = [...draft.headers, ...shown, ...harmlessHeaders(random)];
  // Health and metrics are for everyone.
  if (OPS_ROUTES.has(draft.target)) return { ...draft, headers };
  if (door.listener === 'ops') return { ...draft, headers, status: 404 };
  const isCaller = !asksForToken(door) || credential === rightCredential(door.mode);
  return { ...draft, headers, status: isCaller ? draft.status : 401 };
}

/** Whether nobody is known by having come in there. */
export const asksForToken = ({ listener, mode }: Door): boolean =>
  mode === 'token' || mode === 'jwt' || (mode === 'socket' && listener !== 'unix');

/** What opens, where something is asked for. */
export const rightCredential = (mode: Mode): string => (mode === 'jwt' ? webToken : TOKEN_CANARY);

function someCredential(random: Random, mode: Mode): string | undefined {
  if (!random.chance(mode === 'jwt' ? 0.8 : 0.5)) return undefined;
  if (mode !== 'jwt' || random.chance(0.6)) return rightCredential(mode);
  return random.chance(0.3) ? mangled(random) : random.pick(wrongWebTokens);
}

const OPS_ROUTES = new Set(['/livez', '/readyz', '/startupz', '/metrics']);

const get = (target: string, status = 200): RequestDraft => ({ method: 'GET', target, headers: [], status });
const post = (target: string, type: string, body: string): RequestDraft => ({
  method: 'POST',
  target,
  headers: [['Content-Type', type]],
  body,
  status: 200,
});

const somePath = (random: Random): string => random.pick(askedCanaries).path;
const encoded = (random: Random, path: string): string => (random.chance(0.3) ? path.replaceAll('/', '%2F') : path);

const drafts: readonly ((random: Random) => RequestDraft)[] = [
  (random) => get(`/v1/secrets/${encoded(random, somePath(random))}`),
  (random) => get(`/v1/secrets/${somePath(random)}?format=raw`),
  (random) => get(`/v1/secrets/${random.pick(['db/creds', 'app/json'])}?key=password&format=raw`),
  (random) => get(`/v1/secrets/${somePath(random)}?fresh=true`),
  (random) => get(`/v1/secrets/${somePath(random)}?stage=current&provider=files`),
  (random) => get(`/v1/secrets/missing/${random.int(0, 999)}`, 404),
  (random) => get(`/v1/secrets?prefix=${random.pick(['', 'app/', 'db', 'none/'])}&limit=${random.int(1, 1_000)}`),
  (random) => get(`/v1/metadata/${somePath(random)}`),
  (random) => get(`/v1/versions/${somePath(random)}`),
  () => get('/v1/status'),
  () => get('/livez'),
  () => get('/readyz'),
  () => get('/startupz'),
  () => get('/metrics'),
  () => get('/openapi.json'),
  (random) =>
    post(
      '/v1/batch',
      'application/json',
      JSON.stringify({ secrets: [{ path: somePath(random) }, { path: 'no/such' }] }),
    ),
  (random) => post('/v1/resolve', 'text/plain', `user={{secret:db/creds#username}} key={{secret:${somePath(random)}}}`),
  (random) =>
    post('/v1/resolve', 'application/json', JSON.stringify({ text: `{{secret:app/json#port}} ${random.int(0, 9)}` })),
];

function harmlessHeaders(random: Random): readonly (readonly [string, string])[] {
  const some: (readonly [string, string])[] = [];
  if (random.chance(0.2)) some.push(['Cookie', `session=${TOKEN_CANARY}`]);
  if (random.chance(0.2)) some.push(['X-Request-Id', `soak-${random.int(0, 99_999)}`]);
  if (random.chance(0.2)) some.push(['traceparent', `00-${'ab'.repeat(16)}-${'cd'.repeat(8)}-01`]);
  if (random.chance(0.2)) some.push(['User-Agent', 'soak/1.0']);
  return some;
}

/** The bytes of a draft, one character a byte. */
export function toText({ method, target, headers, body }: RequestDraft): string {
  const hasHost = headers.some(([name]) => name.toLowerCase() === 'host');
  const lines = [`${method} ${target} HTTP/1.1`, ...(hasHost ? [] : ['Host: localhost'])];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  if (body !== undefined) lines.push(`Content-Length: ${Buffer.byteLength(body, 'latin1')}`);
  return `${lines.join('\r\n')}\r\n\r\n${body ?? ''}`;
}
