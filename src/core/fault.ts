import { parseDuration } from './duration.ts';
import type { ErrorCode } from './errors/codes.ts';
import { parsePathPattern, type PathPattern } from './path-pattern.ts';

/** What a fault can be about: the calls to a store. What is asked of a lease is a `get`. */
export const faultOperations = ['get', 'list', 'describe', 'versions', 'rotate', 'health'] as const;

export type FaultOperation = (typeof faultOperations)[number];

/** What a store can fail with. */
export const faultCodes = [
  'ProviderUnavailable',
  'InternalError',
  'RateLimited',
  'QuotaExceeded',
  'ConnectionFailed',
  'Timeout',
  'TlsError',
  'InvalidCredentials',
  'ExpiredCredentials',
  'InsufficientPermissions',
  'TokenRefreshFailed',
  'AccessDenied',
  'ResourcePolicyDenied',
  'KmsAccessDenied',
  'SecretDoesNotExist',
  'VersionNotFound',
  'StageNotFound',
  'RotationInProgress',
  'RotationFailed',
] as const satisfies readonly ErrorCode[];

export type FaultCode = (typeof faultCodes)[number];

/** A duration as written: `200ms`, or a number of milliseconds. */
type Amount = string | number;

/** A fixed time; evenly spread between two; or log-normal, as latencies of stores are, through two of its quantiles. */
export type RawDelay =
  Amount | { readonly from: Amount; readonly to: Amount } | { readonly p50: Amount; readonly p99: Amount };

/** A fault as it is written, in the configuration or in `PUT /v1/simulation/faults`. */
export interface RawFault {
  /** Name of an instance, or `name/region` for one copy of its store. */
  readonly provider?: string;
  /** Pattern of paths as callers write them. */
  readonly path?: string;
  readonly operation?: FaultOperation;
  /** Before the store is asked. */
  readonly latency?: RawDelay;
  /** After the store has answered. */
  readonly slowBody?: RawDelay;
  /** 0 to 1. */
  readonly errorRate?: number;
  /** What the errors and the outage are; `ProviderUnavailable` when left out. */
  readonly code?: FaultCode;
  readonly retryAfter?: Amount;
  /** 0 to 1: the store was asked, and its answer is lost. */
  readonly resetRate?: number;
  /** 0 to 1: the version before the current one is served for it. */
  readonly staleRate?: number;
  /** The last `for` of each `every`. */
  readonly outage?: { readonly every: Amount; readonly for: Amount };
  readonly rotateEvery?: Amount;
  /** How far the store's clock is ahead of ours; behind with a minus. */
  readonly clockSkew?: Amount;
}

export type Delay =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'even'; readonly fromMs: number; readonly toMs: number }
  | { readonly kind: 'log-normal'; readonly p50Ms: number; readonly p99Ms: number };

/** A fault in the units of the program. */
export interface Fault {
  readonly provider?: string;
  readonly path?: PathPattern;
  readonly operation?: FaultOperation;
  readonly latency?: Delay;
  readonly slowBody?: Delay;
  readonly errorRate: number;
  readonly code: FaultCode;
  readonly retryAfterMs?: number;
  readonly resetRate: number;
  readonly staleRate: number;
  readonly outage?: { readonly everyMs: number; readonly forMs: number };
  readonly rotateEveryMs?: number;
  readonly clockSkewMs: number;
}

/** @param raw has the right types and no problem. */
export function toFault(raw: RawFault): Fault {
  const { provider, path, operation, latency, slowBody, retryAfter, outage, rotateEvery } = raw;
  return {
    ...(provider !== undefined && { provider }),
    ...(path !== undefined && { path: parsePathPattern(path) }),
    ...(operation !== undefined && { operation }),
    ...(latency !== undefined && { latency: toDelay(latency) }),
    ...(slowBody !== undefined && { slowBody: toDelay(slowBody) }),
    errorRate: raw.errorRate ?? 0,
    code: raw.code ?? 'ProviderUnavailable',
    ...(retryAfter !== undefined && { retryAfterMs: toMs(retryAfter) }),
    resetRate: raw.resetRate ?? 0,
    staleRate: raw.staleRate ?? 0,
    ...(outage !== undefined && { outage: { everyMs: toMs(outage.every), forMs: toMs(outage.for) } }),
    ...(rotateEvery !== undefined && { rotateEveryMs: toMs(rotateEvery) }),
    clockSkewMs: parseSkew(raw.clockSkew) ?? 0,
  };
}

/** Milliseconds of a duration that may have a minus; undefined for anything else. */
export function parseSkew(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string' || !value.startsWith('-')) return parseDuration(value);
  const ms = parseDuration(value.slice(1));
  return ms === undefined ? undefined : -ms;
}

/** What is wrong with a fault whose members are each fine, with the key it is about. */
export function faultProblem(raw: RawFault): { readonly key: string; readonly message: string } | undefined {
  const { outage, errorRate, code, retryAfter } = raw;
  if (outage !== undefined && toMs(outage.for) > toMs(outage.every))
    return { key: 'outage', message: "has a 'for' that is longer than its 'every'" };
  for (const key of ['latency', 'slowBody'] as const) {
    const delay = raw[key];
    if (delay !== undefined && !isOrdered(toDelay(delay))) return { key, message: 'must not end before it begins' };
  }
  const fails = errorRate !== undefined || outage !== undefined;
  if (code !== undefined && !fails) return { key: 'code', message: "needs an 'errorRate' or an 'outage'" };
  if (retryAfter !== undefined && !fails) return { key: 'retryAfter', message: "needs an 'errorRate' or an 'outage'" };
  return undefined;
}

function isOrdered(delay: Delay): boolean {
  if (delay.kind === 'even') return delay.fromMs <= delay.toMs;
  return delay.kind === 'fixed' || (delay.p50Ms > 0 && delay.p50Ms <= delay.p99Ms);
}

function toDelay(raw: RawDelay): Delay {
  if (typeof raw !== 'object') return { kind: 'fixed', ms: toMs(raw) };
  if ('from' in raw) return { kind: 'even', fromMs: toMs(raw.from), toMs: toMs(raw.to) };
  return { kind: 'log-normal', p50Ms: toMs(raw.p50), p99Ms: toMs(raw.p99) };
}

function toMs(amount: Amount): number {
  const ms = parseDuration(amount);
  if (ms === undefined) throw new TypeError('the fault was not checked');
  return ms;
}
