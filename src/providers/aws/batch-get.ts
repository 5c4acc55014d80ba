import type { Call } from '../../core/call.ts';
import type { Clock } from '../../core/clock.ts';
import { AccessError } from '../../core/errors/access-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isSecretsError, type SecretsError } from '../../core/errors/secrets-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { BatchReader, Location } from '../../core/provider.ts';
import type { Secret } from '../../core/secret.ts';
import { toAnswer } from './answer.ts';
import type { AwsClient } from './client.ts';
import { toInstanceError, toSecretError } from './errors.ts';
import { toSecret } from './get-secret.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';

// A permission that is granted meanwhile is noticed after this time.
const REFUSED_FOR_MS = 10 * 60_000;
const MAX_PAGES = 5;

/** Current versions of up to 20 secrets in one call. */
export class BatchGet implements BatchReader {
  readonly maxSize = 20;
  readonly #client: AwsClient;
  readonly #clock: Clock;
  #refusedUntilMs = -Infinity;

  constructor(client: AwsClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  /** The call knows no versions and no stages, and needs a permission of its own. */
  takes({ selector }: Location): boolean {
    const isCurrent = selector.version === undefined && selector.stage === undefined;
    return isCurrent && this.#clock.monotonicMs() >= this.#refusedUntilMs;
  }

  async get(locations: readonly Location[], { signal }: Call): Promise<readonly (Secret | SecretsError)[]> {
    const answers = await this.#ask([...new Set(locations.map(({ id }) => id))], signal);
    const region = await this.#client.region(signal);
    const values = byName(answers.flatMap((answer) => objectsAt(answer, 'SecretValues')));
    const items = answers.flatMap((answer) => objectsAt(answer, 'Errors'));
    const failures = new Map(items.map((item) => [textAt(item, 'SecretId'), item]));
    return locations.map(({ id }) => {
      const [value, failure] = [values.get(id), failures.get(id)];
      if (value !== undefined) return settle(() => toSecret(value, { name: id, region }));
      return failure === undefined ? leftOut(id) : toItemError(failure, id);
    });
  }

  /** The pages of the answer; one in all but odd cases. */
  async #ask(ids: readonly string[], signal: AbortSignal): Promise<readonly JsonObject[]> {
    const answers: JsonObject[] = [];
    let token: string | undefined;
    do {
      const input = { SecretIdList: ids, ...(token !== undefined && { NextToken: token }) };
      const answer = await this.#askPage(input, signal);
      answers.push(answer);
      token = textAt(answer, 'NextToken');
    } while (token !== undefined && answers.length < MAX_PAGES);
    return answers;
  }

  async #askPage(input: JsonObject, signal: AbortSignal): Promise<JsonObject> {
    try {
      return await this.#client.ask({ subject: { operation: 'BatchGetSecretValue' }, input }, signal);
    } catch (error) {
      if (error instanceof AccessError) this.#refusedUntilMs = this.#clock.monotonicMs() + REFUSED_FOR_MS;
      throw error;
    }
  }
}

/** A secret may have been asked for by either of its names. */
function byName(values: readonly JsonObject[]): ReadonlyMap<string | undefined, JsonObject> {
  return new Map(values.flatMap((value) => [textAt(value, 'Name'), textAt(value, 'ARN')].map((name) => [name, value])));
}

/** The errors of one item have the codes and words of GetSecretValue's. */
function toItemError(item: JsonObject, id: string): SecretsError {
  const body = JSON.stringify({ __type: item['ErrorCode'], message: item['Message'] });
  const answer = toAnswer({ status: 400, headers: new Map(), text: body }, 0);
  return toInstanceError(answer) ?? toSecretError(answer, { operation: 'GetSecretValue', id });
}

const leftOut = (id: string): ProviderError =>
  new ProviderError('InternalError', `AWS left '${id}' out of its answer to several`);

function settle(read: () => Secret): Secret | SecretsError {
  try {
    return read();
  } catch (error) {
    if (isSecretsError(error)) return error;
    throw error;
  }
}
