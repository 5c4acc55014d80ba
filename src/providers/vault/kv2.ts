import type { Clock } from '../../core/clock.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { JsonNode } from '../../core/json-node.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import { isSuccess, type Answer } from './answer.ts';
import type { VaultClient } from './client.ts';
import { toSecretError, type Subject } from './errors.ts';
import { dateAt, objectAt } from '../../core/json-fields.ts';
import { isBareNotFound } from './kv-answer.ts';
import type { KvEngine } from './kv-engine.ts';
import { parseFolder } from './kv-folder.ts';
import {
  parseKvMetadata,
  parseTags,
  previousOf,
  toSecretMetadata,
  toSecretVersions,
  type KvMetadata,
} from './kv-metadata.ts';
import { toMissingError } from './kv-missing.ts';
import { encodePath } from './wire.ts';

export interface Kv2Options {
  readonly client: VaultClient;
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly clock: Clock;
}

/** The calls of a KV engine, version 2. */
export class Kv2 implements KvEngine {
  readonly hasTags = true;
  readonly #options: Kv2Options;

  constructor(options: Kv2Options) {
    this.#options = options;
  }

  /** One version with its value; the one before the current costs a second call. */
  async read({ id, selector }: Location, signal: AbortSignal): Promise<Secret> {
    if (selector.stage === undefined) return this.#readVersion(id, selector.version, signal);
    const previous = selector.stage === 'previous' ? previousOf(await this.#metadata(id, signal)) : undefined;
    if (previous === undefined)
      throw new SecretNotFoundError('StageNotFound', `no version of '${id}' has the stage '${selector.stage}'`);
    return { ...(await this.#readVersion(id, String(previous), signal)), stages: ['previous'] };
  }

  async describe(id: string, signal: AbortSignal): Promise<SecretMetadata> {
    return toSecretMetadata(id, await this.#metadata(id, signal));
  }

  async versions(id: string, signal: AbortSignal): Promise<readonly SecretVersion[]> {
    return toSecretVersions(await this.#metadata(id, signal));
  }

  async folder(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    return parseFolder(await this.#ask(`metadata/${encodePath(folder)}?list=true`, signal), folder);
  }

  async #metadata(id: string, signal: AbortSignal): Promise<KvMetadata> {
    const answer = await this.#ask(`metadata/${encodePath(id)}`, signal);
    if (!isSuccess(answer)) throw this.#failure(answer, { id });
    return parseKvMetadata(objectAt(answer.body ?? {}, 'data'), this.#options.clock.wallMs());
  }

  async #readVersion(id: string, version: string | undefined, signal: AbortSignal): Promise<Secret> {
    const query = version === undefined ? '' : `?version=${version}`;
    const subject = { id, ...(version !== undefined && { version }) };
    const answer = await this.#ask(`data/${encodePath(id)}${query}`, signal);
    if (isSuccess(answer)) return this.#toSecret(answer, subject);
    if (version !== undefined && isBareNotFound(answer)) await this.#assertExists(id, signal);
    throw this.#failure(answer, subject);
  }

  /** Vault answers alike for a missing version and a missing secret; when the metadata may not be read, the first it is. */
  async #assertExists(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#metadata(id, signal);
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

  #failure(answer: Answer, subject: Subject): Error {
    return subject.version === undefined && isBareNotFound(answer)
      ? toMissingError(subject.id, this.#options.mount)
      : toSecretError(answer, subject);
  }

  #ask(path: string, signal: AbortSignal): Promise<Answer> {
    const { client, mount } = this.#options;
    return client({ method: 'GET', path: `${encodePath(mount)}/${path}` }, signal);
  }
}
