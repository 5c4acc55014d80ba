import { AccessError } from '../../core/errors/access-error.ts';
import { NetworkError } from '../../core/errors/network-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { rowsOf } from './answer.ts';
import { parseAttributes } from './attributes.ts';
import type { AzureClient } from './client.ts';
import { toSecretError } from './errors.ts';

// Nobody has it, and reading it needs the very permission that every read needs.
const NO_SECRET = 'keyfob-health-check';

/**
 * Whether the vault can be reached, knows our identity and lets it read: what an operator wants to know of that, in
 * whole sentences. @throws the error that a read would meet.
 */
export async function checkHealth(client: AzureClient, signal: AbortSignal): Promise<readonly string[]> {
  const sentences = ['Secrets can be read.'];
  await assertReadable(client, signal);
  const answer = await client.get(client.toUrl('/secrets?maxresults=1'), signal);
  if (rowsOf(answer) === undefined) {
    const error = toSecretError(answer, { id: '' });
    if (!(error instanceof AccessError)) throw error;
    sentences.push('They cannot be listed, nor can previous versions be read: our identity may not list secrets.');
  }
  return sentences;
}

async function assertReadable(client: AzureClient, signal: AbortSignal): Promise<void> {
  const answer = await client.get(client.toUrl(`/secrets/${NO_SECRET}`), signal).catch((error: unknown) => {
    throw explain(error);
  });
  const error = parseAttributes(answer.body) === undefined ? toSecretError(answer, { id: '' }) : undefined;
  if (error !== undefined && !(error instanceof SecretNotFoundError)) throw error;
}

/** A vault that does not exist has no address. */
function explain(error: unknown): unknown {
  const isUnknown = error instanceof NetworkError && /^the store's host name .*ENOTFOUND/.test(error.message);
  return isUnknown
    ? new NetworkError(
        'ConnectionFailed',
        "there is no vault of the name in 'vaultUrl', or no address for it (ENOTFOUND)",
      )
    : error;
}
