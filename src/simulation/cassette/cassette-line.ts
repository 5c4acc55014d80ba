import type { ErrorCode } from '../../core/errors/codes.ts';
import { errorOf } from '../../core/errors/error-of.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Location, Scope } from '../../core/provider.ts';
import type { Selector } from '../../core/selector.ts';
import type { CallName } from '../question.ts';

/** The first line of a cassette. */
export interface CassetteHead {
  /** Version of the format. */
  readonly cassette: 1;
  /** Whether the values are made up, or the real ones, sealed. */
  readonly values: 'fake' | 'keep';
  readonly startedAt: string;
}

/** An error as a cassette has it. */
export interface RecordedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** What a path was at a provider. */
export interface PlaceLine {
  readonly kind: 'place';
  readonly provider: string;
  readonly scope: Scope;
  readonly path: string;
  readonly selector: Selector;
  readonly location?: Location;
  readonly error?: RecordedError;
}

/** One call, in the order in which the answers came. */
export interface CallLine {
  readonly kind: 'call';
  /** Counts up from 1. */
  readonly n: number;
  /** When it was asked, in milliseconds from the start of the recording. */
  readonly atMs: number;
  readonly durationMs: number;
  /** Name of the instance, with the copy of its store. */
  readonly provider: string;
  readonly scope: Scope;
  readonly name: CallName;
  readonly args: unknown;
  /** Absent when it failed. */
  readonly answer?: unknown;
  readonly error?: RecordedError;
}

export type CassetteLine = PlaceLine | CallLine;

export function toRecordedError({ code, message, details: { retryAfterMs } }: SecretsError): RecordedError {
  return { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}

export const fromRecordedError = ({ code, message, retryAfterMs }: RecordedError): SecretsError =>
  errorOf(code, message, { ...(retryAfterMs !== undefined && { retryAfterMs }) });

/** One text for equal questions, whatever the order of their members. */
export function toKey(...parts: readonly unknown[]): string {
  return JSON.stringify(parts, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
