import { createAwsIdentity, type AwsIdentityOptions } from '../../../src/credentials/aws/chain.ts';
import { toError, type Outcome } from './ask-sdk.ts';

/** What we pick, and what we call its source. */
export async function askOurs(
  options: AwsIdentityOptions,
): Promise<{ readonly outcome: Outcome; readonly source: string }> {
  const identity = createAwsIdentity(options);
  try {
    const found = await identity.credentials(new AbortController().signal);
    const [secret, token] = [found.secretAccessKey.expose(), found.sessionToken?.expose()];
    return { outcome: { key: found.accessKeyId, secret, token }, source: found.source };
  } catch (error) {
    return { outcome: toError(error), source: '' };
  } finally {
    await identity.close();
  }
}
