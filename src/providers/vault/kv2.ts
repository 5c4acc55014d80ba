import type { Clock } from '../../core/clock.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { JsonNode } from '../../core/json-node.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret } from '../../core/secret.ts';
import { isSuccess, type Answer } from './answer.ts';
import type { VaultClient } from './client.ts';
import { toSecretError, type Subject } from './errors.ts';
import { dateAt, objectAt } from './json-fields.ts';
import { parseKvMetadata, parseTags, previousOf, type KvMetadata } from './kv-metadata.ts';
import { encodePath, type Ask } from './wire.ts';

export interface Kv2Options {
  readonly client: VaultClient;
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly clock: Clock;
}

/** The calls of a KV engine, version 2. */
export class Kv2 {
  readonly #options: Kv2Options;

  constructor(options: Kv2Options) {
    this.#options = options;
  }

  /** One version with its value; the one before the current costs a second call. */
  async read({ id, selector }: Location, signal: AbortSignal): Promise<Secret> {
    if (selector.stage === undefined) return this.#readVersion(id, selector.version, signal);
    const previous = selector.stage === 'previous' ? previousOf(await this.metadata(id, signal)) : undefined;
    if (previous === undefined)
      throw new SecretNotFoundError('StageNotFound', `no version of '${id}' has the stage '${selector.stage}'`);
    return { ...(await this.#readVersion(id, String(previous), signal)), stages: ['previous'] };
  }

  async metadata(id: string, signal: AbortSignal): Promise<KvMetadata> {
    const answer = await this.#get(`metadata/${encodePath(id)}`, { id }, signal);
    return parseKvMetadata(objectAt(answer.body ?? {}, 'data'), this.#options.clock.wallMs());
  }

  /** Names in a folder (empty, or ending in `/`), folders with a slash at the end; none when there is no such folder. */
  async folder(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    const answer = await this.#options.client(this.#ask(`metadata/${encodePath(folder)}?list=true`), signal);
    if (isBareNotFound(answer)) return [];
    if (!isSuccess(answer)) throw toSecretError(answer, { id: folder });
    const keys = objectAt(answer.body ?? {}, 'data')['keys'];
    return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
  }

  async #readVersion(id: string, version: string | undefined, signal: AbortSignal): Promise<Secret> {
    const query = version === undefined ? '' : `?version=${version}`;
    const subject = { id, ...(version !== undefined && { version }) };
    const answer = await this.#options.client(this.#ask(`data/${encodePath(id)}${query}`), signal);
    if (isSuccess(answer)) return this.#toSecret(answer, subject);
    const error = toSecretError(answer, subject);
    if (version !== undefined && isBareNotFound(answer)) await this.#assertExists(id, signal);
    throw error;
  }

  /** Vault answers alike for a missing version and a missing secret; when the metadata may not be read, the first it is. */
  async #assertExists(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.metadata(id, signal);
    } catch (error) {
      if (error instanceof SecretNotFoundError) throw error;
    }
  }

  #toSecret(answer: Answer, { id, version: asked }: Subject): Secret {
    const metadata = objectAt(objectAt(answer.body ?? {}, 'data'), 'metadata');
    const version = metadata['version'];
    const text = new JsonNode(answer.text).at('/data/data')?.text;
    if (typeof version !== 'number' || text === undefined)
      throw new ConfigurationError('InvalidProvider', "'mount' is not a KV engine of version 2");
    const createdAt = dateAt(metadata, 'created_time');
    const endsAt = dateAt(metadata, 'deletion_time');
    const isCurrent = asked === undefined;
    return {
      value: new Redacted(text),
      version: String(version),
      stages: isCurrent ? ['current'] : [],
      ...(createdAt !== undefined && { createdAt }),
      metadata: {
        name: id,
        ...(isCurrent && { currentVersion: String(version), stages: ['current'] }),
        tags: parseTags(metadata),
      },
      ...(endsAt !== undefined && { ttlMs: Math.max(0, endsAt.getTime() - this.#options.clock.wallMs()) }),
    };
  }

  async #get(path: string, subject: Subject, signal: AbortSignal): Promise<Answer> {
    const answer = await this.#options.client(this.#ask(path), signal);
    if (!isSuccess(answer)) throw toSecretError(answer, subject);
    return answer;
  }

  #ask(path: string): Ask {
    return { method: 'GET', path: `${encodePath(this.#options.mount)}/${path}` };
  }
}

/** `{"errors":[]}`: there is nothing, and there was nothing. */
const isBareNotFound = ({ status, isVaults, complaint, body }: Answer): boolean =>
  status === 404 && isVaults && complaint === '' && body?.['data'] === undefined && body?.['warnings'] === undefined;
