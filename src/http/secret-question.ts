import type { FastifyRequest } from 'fastify';
import type { Target } from '../client/router.ts';
import { parseDuration } from '../core/duration.ts';
import { RequestError } from '../core/errors/request-error.ts';
import { Query, spannedPath } from './query.ts';
import { type BodyChoice, nameOf } from './secret-body.ts';

/** What the URL of a read says; held against the contract. */
export interface SecretQuestion {
  /** With `fresh`, where that was asked for. */
  readonly target: Target & { readonly fresh?: boolean };
  /** The bodies that may be wanted: `Accept` says which, unless `format` does. */
  readonly json: BodyChoice;
  readonly raw: BodyChoice;
  readonly format: string | undefined;
  /** For a long poll. */
  readonly waitMs: number | undefined;
}

const LONGEST_WAIT_MS = 60_000;

/** @throws RequestError `InvalidParameter` */
export function toSecretQuestion(request: FastifyRequest): SecretQuestion {
  const query = new Query(request);
  const path = spannedPath(request);
  const [key, version, stage, provider] = ['key', 'version', 'stage', 'provider'].map((name) => query.text(name));
  return {
    target: {
      path,
      ...(query.flag('fresh') && { fresh: true }),
      ...(version !== undefined && { version }),
      ...(stage !== undefined && { stage }),
      ...(provider !== undefined && { provider }),
    },
    json: named({ path, raw: false, ...(key !== undefined && { key }) }),
    raw: named({ path, raw: true, ...(key !== undefined && { key }) }),
    format: query.text('format'),
    waitMs: toWaitMs(query.text('wait')),
  };
}

const named = (choice: BodyChoice): BodyChoice => ({ ...choice, name: nameOf(choice) });

function toWaitMs(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const waitMs = parseDuration(text);
  if (waitMs !== undefined && waitMs <= LONGEST_WAIT_MS) return waitMs;
  throw new RequestError('InvalidParameter', "query parameter 'wait' must be a duration of at most 60s, such as '30s'");
}
