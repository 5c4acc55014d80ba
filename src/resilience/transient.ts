import { AuthenticationError } from '../core/errors/authentication-error.ts';
import { NetworkError } from '../core/errors/network-error.ts';
import { ProviderError } from '../core/errors/provider-error.ts';
import { BreakerOpenError } from './breaker-open-error.ts';
import { BudgetSpentError } from './budget-spent-error.ts';

/** Whether the failure says nothing about the secret itself, so that an older value may answer (table of design §3). */
export function isTransient(error: unknown): boolean {
  return error instanceof ProviderError || error instanceof NetworkError || error instanceof AuthenticationError;
}

/** Whether the store asks for less, rather than being in trouble. */
export function isThrottled(error: unknown): boolean {
  return error instanceof ProviderError && (error.code === 'RateLimited' || error.code === 'QuotaExceeded');
}

/** Whether the store was not asked at all. */
export function wasNotAsked(error: unknown): boolean {
  return error instanceof BreakerOpenError || error instanceof BudgetSpentError;
}

/** Whether the failure is a sign of a store in trouble. Throttling is not: it slows us down instead. */
export function countsForBreaker(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  return error instanceof ProviderError && (error.code === 'ProviderUnavailable' || error.code === 'InternalError');
}
