import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { RotationError } from '../../core/errors/rotation-error.ts';
import type { RotationResult } from '../../core/secret.ts';
import { isSuccess } from './answer.ts';
import type { OwnAnswer, VaultClient } from './client.ts';
import { toSecretError } from './errors.ts';
import { rotateEndpoint, type RotateRule } from './rotate-endpoint.ts';
import { encodePath } from './wire.ts';

export interface RotateTools {
  readonly client: VaultClient;
  readonly rules: readonly RotateRule[];
}

/**
 * Asks the endpoint that is configured for the secret. It answers when the rotation is done, and knows no token that
 * would keep a repetition from rotating again.
 * @throws RotationError, AccessError, and the transient errors
 */
export async function rotate({ client, rules }: RotateTools, id: string, signal: AbortSignal): Promise<RotationResult> {
  const endpoint = rotateEndpoint(rules, id);
  if (endpoint === undefined)
    throw new RotationError(
      'RotationNotConfigured',
      `nothing in 'rotate' covers '${id}', and KV engines rotate nothing`,
    );
  const answer = await send(client, { id, endpoint }, signal);
  if (isSuccess(answer)) return { triggered: true, status: 'completed' };
  if (answer.status === 400 || answer.status === 404)
    throw new RotationError(
      'RotationNotConfigured',
      `the store has no rotation for '${id}' at its endpoint in 'rotate'`,
    );
  throw toSecretError(answer, { id });
}

async function send(
  client: VaultClient,
  { id, endpoint }: { readonly id: string; readonly endpoint: string },
  signal: AbortSignal,
): Promise<OwnAnswer> {
  try {
    return await client({ method: 'POST', path: encodePath(endpoint), body: '{}' }, signal);
  } catch (cause) {
    if (cause instanceof ProviderError && cause.code === 'InternalError')
      throw new RotationError('RotationFailed', `the store could not rotate '${id}'`, { cause });
    if (cause instanceof ConfigurationError)
      throw new RotationError('RotationNotConfigured', `the endpoint of '${id}' in 'rotate' takes no POST`, { cause });
    throw cause;
  }
}
