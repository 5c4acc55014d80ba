import { withDeadline } from '../../core/deadline.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import type { ProviderTools } from '../../core/provider.ts';

export interface IdentityCallOptions {
  readonly tools: Pick<ProviderTools, 'clock' | 'recordIdentityCall'>;
  readonly timeoutMs: number;
  readonly parent: AbortSignal;
}

/** One outward call for our identity: under a deadline of its own, and counted. */
export async function identityCall<T>(
  { tools, timeoutMs, parent }: IdentityCallOptions,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  try {
    const result = await withDeadline({ clock: tools.clock, timeoutMs, parent }, work);
    tools.recordIdentityCall('success');
    return result;
  } catch (error) {
    if (isSecretsError(error)) tools.recordIdentityCall(error.code);
    throw error;
  }
}
