import type { Clock } from '../../core/clock.ts';
import { pause } from '../../core/abort.ts';
import { isSuccess, type Answer } from './answer.ts';
import type { Redacted } from '../../core/redacted.ts';
import { refusedAtOnce, toInstanceError } from './errors.ts';
import type { Identity } from './identity.ts';
import type { InstanceLog } from '../../core/instance-log.ts';
import type { Ask, Wire } from './wire.ts';

// A read that follows a change of policy, or meets another node of a cluster, may be refused by mistake.
const REPEAT_AFTER_MS = 250;

/** An answer, and the token that asked: what is lent to it ends with it. */
export interface OwnAnswer extends Answer {
  readonly token: Redacted;
}

/** A call in our name. A 403 that comes back is to be believed. */
export type VaultClient = (ask: Omit<Ask, 'token'>, signal: AbortSignal) => Promise<OwnAnswer>;

export interface VaultClientOptions {
  readonly wire: Wire;
  readonly identity: Identity;
  readonly clock: Clock;
  readonly log: InstanceLog;
}

/**
 * Vault answers 403 to a dead token and to a refusing policy alike, so the token is looked up first: a dead one is
 * replaced and the call replayed, with a live one the call is repeated once. A new token may be refused by mistake too,
 * by a standby that has not heard of it, so its refusal is treated alike; but it is not replaced again.
 */
export function createVaultClient({ wire, identity, clock, log }: VaultClientOptions): VaultClient {
  return async (ask, signal) => {
    let token = await identity.token(signal);
    let answer = await wire({ ...ask, token }, signal);
    if (isRefusal(answer) && !(await identity.isAlive(token, signal))) {
      token = await identity.replace(token, signal);
      answer = await wire({ ...ask, token }, signal);
      if (isRefusal(answer) && !(await identity.isAlive(token, signal))) throw log.report(refusedAtOnce());
    }
    if (isRefusal(answer)) {
      await pause(clock, REPEAT_AFTER_MS, signal);
      answer = await wire({ ...ask, token }, signal);
    }
    const problem = isSuccess(answer) ? undefined : toInstanceError(answer);
    if (problem === undefined) log.clear();
    else throw log.report(problem);
    return { ...answer, token };
  };
}

const isRefusal = (answer: Answer): boolean => answer.status === 403 && toInstanceError(answer) === undefined;
