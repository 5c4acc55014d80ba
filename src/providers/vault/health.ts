import type { SecretsError } from '../../core/errors/secrets-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { Answer } from './answer.ts';
import { describeToken } from './describe-token.ts';
import { toInstanceError } from './errors.ts';
import type { Identity } from './identity.ts';
import { textAt } from '../../core/json-fields.ts';
import { NODE_STATES } from './node-states.ts';
import type { Wire } from './wire.ts';

export interface HealthTools {
  readonly wire: Wire;
  readonly identity: Identity;
}

/**
 * Whether the node can serve, and whether the store accepts us; says what it is and who we are.
 * @throws ProviderError `ProviderUnavailable`, and the errors of a login
 */
export async function checkHealth({ wire, identity }: HealthTools, signal: AbortSignal): Promise<readonly string[]> {
  const node = await checkNode(wire, signal);
  const { kind, policies, renewable } = await identity.verify(signal);
  const { method, expiresInMs } = identity;
  return [node, ...describeToken({ method, kind, policies, renewable, expiresInMs })];
}

/** A standby that forwards can serve, so it is left to the next call to find out whether it does. */
async function checkNode(wire: Wire, signal: AbortSignal): Promise<string> {
  const path = 'sys/health?standbyok=true&perfstandbyok=true';
  const answer = await wire({ method: 'GET', path, isRootOnly: true }, signal);
  const problem = problemOf(answer);
  if (problem !== undefined) throw problem;
  const { body = {} } = answer;
  // The store's own words go no further if they are anything but a version.
  const [version] = /^\d+\.\d+\.[\w.+-]{1,30}$/.exec(textAt(body, 'version') ?? '') ?? [];
  const role = body['performance_standby'] === true ? 'a performance standby' : 'a standby';
  const isStandby = body['standby'] === true || body['performance_standby'] === true;
  return `the store is unsealed and ${isStandby ? `answers from ${role}` : 'active'}${version ? ` (${version})` : ''}`;
}

/** By the body, since something in front of the node may change the status. */
function problemOf(answer: Answer): SecretsError | undefined {
  const { status, body, retry } = answer;
  const unavailable = (message: string): ProviderError => new ProviderError('ProviderUnavailable', message, retry);
  if (body?.['initialized'] === false) return unavailable(NODE_STATES.uninitialised);
  if (body?.['sealed'] === true) return unavailable(NODE_STATES.sealed);
  if (status === 472 || body?.['replication_dr_mode'] === 'secondary') return unavailable(NODE_STATES.drSecondary);
  // 473: a performance standby, from a Vault that does not know `perfstandbyok`; it can read.
  if ((status === 200 || status === 473) && body?.['sealed'] === false) return undefined;
  return toInstanceError(answer) ?? unavailable(`the store answered with status ${status}`);
}
