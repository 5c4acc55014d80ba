import { ProviderError } from '../../core/errors/provider-error.ts';
import { toInstanceError } from './errors.ts';
import type { Wire } from './wire.ts';

/**
 * Whether the node can serve: initialised and unsealed. A standby that forwards to the active node can, so it is left
 * to the next call to find out.
 * @throws ProviderError `ProviderUnavailable`
 */
export async function checkHealth(wire: Wire, signal: AbortSignal): Promise<void> {
  const path = 'sys/health?standbyok=true&perfstandbyok=true';
  const answer = await wire({ method: 'GET', path, isRootOnly: true }, signal);
  if (answer.body?.['initialized'] === false)
    throw new ProviderError('ProviderUnavailable', 'the store is not initialised', answer.retry);
  if (answer.body?.['sealed'] === true)
    throw new ProviderError('ProviderUnavailable', 'the store is sealed', answer.retry);
  if (answer.status === 200 && answer.body?.['sealed'] === false) return;
  throw (
    toInstanceError(answer) ??
    new ProviderError('ProviderUnavailable', `the store answered with status ${answer.status}`, answer.retry)
  );
}
