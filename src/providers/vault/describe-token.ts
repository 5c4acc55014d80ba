import type { LoginMethod } from './login-method.ts';

export interface TokenFacts {
  readonly method: Pick<LoginMethod, 'name' | 'ownsToken'>;
  readonly kind: string | undefined;
  readonly policies: number | undefined;
  readonly renewable: boolean;
  /** Undefined when it never ends. */
  readonly expiresInMs: number | undefined;
}

/** What an operator wants to know of our token, in sentences; neither the token nor its accessor. */
export function describeToken({ method, kind, policies, renewable, expiresInMs }: TokenFacts): readonly string[] {
  const origin = method.ownsToken ? `the login by '${method.name}' works` : "the token of 'auth.token' is accepted";
  const what = kind === undefined ? 'the token' : `the ${kind} token`;
  const power = policies === undefined ? '' : ` has ${policies} ${policies === 1 ? 'policy' : 'policies'} and`;
  return [origin, `${what}${power} ${endOf({ method, renewable, expiresInMs })}`];
}

function endOf({ method, renewable, expiresInMs }: Pick<TokenFacts, 'method' | 'renewable' | 'expiresInMs'>): string {
  if (expiresInMs === undefined) return 'does not end, as far as the store says';
  const end = `ends in ${toText(expiresInMs)}`;
  if (renewable) return `${end}, if it is not renewed before`;
  return method.ownsToken
    ? `${end}; it cannot be renewed, so a new login replaces it before`
    : `${end} and cannot be renewed: put a new one in its place before`;
}

const UNITS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
] as const;

/** In the largest unit of which there are two at least. */
function toText(ms: number): string {
  const [size, unit] = UNITS.find(([size]) => ms >= 2 * size) ?? [1000, 's'];
  return `${Math.round(ms / size)} ${unit}`;
}
