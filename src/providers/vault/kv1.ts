import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { JsonNode } from '../../core/json-node.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import { isSuccess, type Answer } from './answer.ts';
import type { VaultClient } from './client.ts';
import { toSecretError } from './errors.ts';
import { objectAt } from '../../core/json-fields.ts';
import { secondsAt } from './json-fields.ts';
import { isBareNotFound, isWrongKvPath } from './kv-answer.ts';
import type { KvEngine } from './kv-engine.ts';
import { parseFolder } from './kv-folder.ts';
import { toMissingError } from './kv-missing.ts';
import type { ToVersionId } from './version-id.ts';
import { encodePath } from './wire.ts';

export interface Kv1Options {
  readonly client: VaultClient;
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly toVersionId: ToVersionId;
  /** Called when the engine turns out to be of version 2, as it is after an upgrade. */
  readonly onOtherVersion: () => void;
}

/** The calls of a KV engine, version 1: it keeps one value of each secret, and nothing else. */
export class Kv1 implements KvEngine {
  readonly hasTags = false;
  readonly #options: Kv1Options;

  constructor(options: Kv1Options) {
    this.#options = options;
  }

  /** Another version or stage is looked for only where there is a secret, so that a missing one is told apart. */
  async read({ id, selector: { version, stage } }: Location, signal: AbortSignal): Promise<Secret> {
    const secret = await this.#current(id, signal);
    if (version !== undefined)
      throw new SecretNotFoundError('VersionNotFound', `'${id}' has no version ${version}: KV version 1 keeps none`);
    if (stage !== undefined)
      throw new SecretNotFoundError('StageNotFound', `'${id}' has no stage '${stage}': KV version 1 keeps one value`);
    return secret;
  }

  /** The engine has no metadata, so the value is read and dropped. */
  async describe(id: string, signal: AbortSignal): Promise<SecretMetadata> {
    return (await this.#current(id, signal)).metadata;
  }

  async versions(id: string, signal: AbortSignal): Promise<readonly SecretVersion[]> {
    await this.#current(id, signal);
    throw new ConfigurationError('InvalidProvider', `'${id}' has no history: KV version 1 keeps none`);
  }

  async folder(folder: string, signal: AbortSignal): Promise<readonly string[]> {
    return parseFolder(await this.#ask(`${encodePath(folder)}?list=true`, signal), folder);
  }

  async #current(id: string, signal: AbortSignal): Promise<Secret> {
    const { mount, toVersionId } = this.#options;
    const answer = await this.#ask(encodePath(id), signal);
    if (isBareNotFound(answer)) throw toMissingError(id, mount);
    if (!isSuccess(answer)) throw toSecretError(answer, { id });
    const data = new JsonNode(answer.text).child('data');
    if (data?.isObject !== true) throw new ConfigurationError('InvalidProvider', `'mount' is not a KV engine`);
    const version = toVersionId(mount, id, data.text);
    const stages = ['current'];
    return {
      value: new Redacted(data.text),
      version,
      stages,
      metadata: { name: id, currentVersion: version, stages },
      ...toHint(answer),
    };
  }

  async #ask(path: string, signal: AbortSignal): Promise<Answer> {
    const { client, mount, onOtherVersion } = this.#options;
    const answer = await client({ method: 'GET', path: `${encodePath(mount)}/${path}` }, signal);
    if (!isWrongKvPath(answer)) return answer;
    onOtherVersion();
    throw new ConfigurationError('InvalidProvider', `the mount '${mount}' is a KV engine of version 2, not 1`);
  }
}

/**
 * The lifetime that a secret names in its own member `ttl` or `lease`. Where it names none, the engine sends the default
 * of the mount, which says nothing of the secret.
 */
function toHint({ body = {} }: Answer): Pick<Secret, 'ttlMs'> {
  const data = objectAt(body, 'data');
  const ttlMs = 'ttl' in data || 'lease' in data ? secondsAt(body, 'lease_duration') : 0;
  return ttlMs > 0 ? { ttlMs } : {};
}
