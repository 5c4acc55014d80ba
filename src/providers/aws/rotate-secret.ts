import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { RotationError } from '../../core/errors/rotation-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { RotateCall } from '../../core/provider.ts';
import type { RotationResult } from '../../core/secret.ts';
import type { AwsClient } from './client.ts';
import { describeSecret } from './describe-secret.ts';
import { textAt } from '../../core/json-fields.ts';
import { parseStages, versionWith } from './to-metadata.ts';

/**
 * Starts a rotation, which AWS finishes later. The token becomes the id of the new version, so a repetition finds what
 * the first attempt has started.
 */
export async function rotateSecret(client: AwsClient, id: string, call: RotateCall): Promise<RotationResult> {
  const { idempotencyToken: token, signal } = call;
  const started = await startedBefore(client, id, call);
  if (started !== undefined) return started;
  const input = { SecretId: id, ClientRequestToken: token };
  try {
    const answer = await client.ask({ subject: { operation: 'RotateSecret', id }, input }, signal);
    return { triggered: true, versionId: textAt(answer, 'VersionId') ?? token, status: 'in-progress' };
  } catch (error) {
    // InvalidRequestException, whose reasons differ in words alone: the secret's state says which it is.
    if (!(error instanceof ConfigurationError)) throw error;
    const other = await startedBefore(client, id, call);
    if (other !== undefined) return other;
    throw new RotationError('RotationFailed', `AWS does not start the rotation of '${id}'`);
  }
}

/** @returns what an earlier attempt has started. @throws RotationError when the secret cannot be rotated now. */
async function startedBefore(client: AwsClient, id: string, call: RotateCall): Promise<RotationResult | undefined> {
  const description = await describeSecret(client, id, call.signal);
  const stages = parseStages(description);
  const [current, pending] = [versionWith('current', stages), versionWith('pending', stages)];
  if (current === call.idempotencyToken) return { triggered: true, versionId: current, status: 'completed' };
  if (pending === call.idempotencyToken) return { triggered: true, versionId: pending, status: 'in-progress' };
  await assertConfigured(client, { id, description }, call.signal);
  // A rotation is done when the label is on the current version, or on none.
  if (pending !== undefined && pending !== current)
    throw new RotationError('RotationInProgress', `a rotation of '${id}' has begun and is not finished`);
  return undefined;
}

interface Described {
  readonly id: string;
  readonly description: JsonObject;
}

async function assertConfigured(client: AwsClient, { id, description }: Described, signal: AbortSignal): Promise<void> {
  const primary = textAt(description, 'PrimaryRegion');
  if (primary !== undefined && primary !== (await client.region(signal)))
    throw new RotationError('RotationNotConfigured', `'${id}' is a replica, which rotates in its region '${primary}'`);
  // RotateSecret would switch a rotation on again that somebody has switched off.
  if (description['RotationEnabled'] !== true)
    throw new RotationError('RotationNotConfigured', `'${id}' has no rotation, or it is switched off`);
}
