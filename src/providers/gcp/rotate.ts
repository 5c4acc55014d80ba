import { RotationError } from '../../core/errors/rotation-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { RotationResult } from '../../core/secret.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { bodyOf, type GcpClient } from './client.ts';
import { stateOf } from './errors.ts';
import type { ResourceNames } from './resource-names.ts';
import { versionNumber } from './version-list.ts';

/**
 * Starts a rotation where managed rotation is on: only then the store changes a value by itself. The call has no token to
 * be repeated with.
 * @throws RotationError
 */
export async function rotateSecret(
  id: string,
  { client, names }: { readonly client: GcpClient; readonly names: ResourceNames },
  signal: AbortSignal,
): Promise<RotationResult> {
  const path = names.secret(id);
  const secret = bodyOf(await client({ method: 'GET', path }, signal), { id });
  const reason = reasonAgainst(secret);
  if (reason !== undefined) throw new RotationError('RotationNotConfigured', `'${id}' cannot be rotated: ${reason}`);
  const answer = await client({ method: 'POST', path: `${path}:rotateSecret` }, signal);
  if ('failure' in answer && answer.failure.status === 'FAILED_PRECONDITION' && stateOf(answer.failure) === undefined)
    throw new RotationError('RotationFailed', `the store cannot rotate '${id}' in its present state`);
  const versionId = versionNumber(bodyOf(answer, { id }));
  return { triggered: true, ...(versionId !== undefined && { versionId }), status: 'in-progress' };
}

function reasonAgainst(secret: JsonObject): string | undefined {
  const rotation = objectAt(secret, 'rotation');
  if (textAt(objectAt(rotation, 'managedRotationStatus'), 'state') === 'ACTIVE') return undefined;
  return textAt(rotation, 'nextRotationTime') === undefined
    ? 'managed rotation is not on'
    : 'its schedule only sends a message to its topics, and what listens there does the rotation';
}
