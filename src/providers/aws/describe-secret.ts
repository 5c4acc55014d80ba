import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { AwsClient } from './client.ts';
import { epochAt } from './json-fields.ts';

/**
 * The answer of DescribeSecret. AWS still describes a secret that is marked for deletion, and lists its versions; for
 * a reader it is gone.
 */
export async function describeSecret(client: AwsClient, id: string, signal: AbortSignal): Promise<JsonObject> {
  const answer = await client.ask({ subject: { operation: 'DescribeSecret', id }, input: { SecretId: id } }, signal);
  if (epochAt(answer, 'DeletedDate') !== undefined)
    throw new SecretNotFoundError('SecretDoesNotExist', `the secret '${id}' is marked for deletion`);
  return answer;
}
