import { waitFor } from '../../core/abort.ts';
import type { Clock } from '../../core/clock.ts';
import { withDeadline } from '../../core/deadline.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { ProviderTools } from '../../core/provider.ts';
import { isSuccess, type Answer } from './answer.ts';
import type { VaultClient } from './client.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { isBareNotFound, isWrongKvPath } from './kv-answer.ts';
import { trimSlashes } from './mount-path.ts';
import { encodePath } from './wire.ts';

export type KvVersion = 1 | 2;

export interface MountVersionOptions {
  readonly client: VaultClient;
  /** Without slashes at its ends. */
  readonly mount: string;
  readonly tools: Pick<ProviderTools, 'clock' | 'recordIdentityCall'>;
}

const TIMEOUT_MS = 5_000;
// After a refusal the policy may change, and until then not every read needs to ask.
const ASSUMED_FOR_MS = 60_000;
// What an engine of version 2 itself answers to; there it cannot be told from version 1.
const ENDPOINT_OF_V2 = /^(?:config|data|metadata|detailed-metadata|delete|undelete|destroy|subkeys)(?:\/|\?|$)/;

/** Finds out of which version the KV engine at a mount is: once, for all who wait. */
export class MountVersion {
  readonly #options: MountVersionOptions;
  readonly #clock: Clock;
  #known: { readonly version: KvVersion; readonly untilMs: number } | undefined;
  #search: Promise<KvVersion> | undefined;

  constructor(options: MountVersionOptions) {
    this.#options = options;
    this.#clock = options.tools.clock;
  }

  /**
   * @param path what the first caller is about to ask, below the mount as version 1 spells it; tried where Vault does not
   * tell the version.
   * @throws ConfigurationError when no KV engine is there, and the transient errors; neither is remembered.
   */
  find(path: string, signal: AbortSignal): KvVersion | Promise<KvVersion> {
    if (this.#known !== undefined && this.#clock.monotonicMs() < this.#known.untilMs) return this.#known.version;
    this.#search ??= this.#find(path).finally(() => {
      this.#search = undefined;
    });
    return waitFor(this.#search, signal);
  }

  /** Looks anew the next time. */
  forget(): void {
    this.#known = undefined;
  }

  async #find(path: string): Promise<KvVersion> {
    const version = (await this.#counted((signal) => this.#askMount(signal))) ?? (await this.#tryOut(path));
    const untilMs = version === undefined ? this.#clock.monotonicMs() + ASSUMED_FOR_MS : Infinity;
    this.#known = { version: version ?? 2, untilMs };
    return this.#known.version;
  }

  /** Undefined when Vault does not tell: the token has no rights below the mount, or something in between hides `sys`. */
  async #askMount(signal: AbortSignal): Promise<KvVersion | undefined> {
    const { client, mount } = this.#options;
    const answer = await client({ method: 'GET', path: `sys/internal/ui/mounts/${encodePath(mount)}` }, signal);
    return isSuccess(answer) ? this.#parse(answer) : undefined;
  }

  #parse({ body = {} }: Answer): KvVersion {
    const { mount } = this.#options;
    // Vault puts it into `data`, and some versions beside it.
    const info = 'data' in body && body['data'] !== null ? objectAt(body, 'data') : body;
    const found = trimSlashes(textAt(info, 'path') ?? mount);
    const type = textAt(info, 'type');
    if (type !== undefined && type !== 'kv' && type !== 'generic')
      throw new ConfigurationError('InvalidProvider', `the mount '${mount}' is no KV engine: see 'mount' and 'leased'`);
    if (found !== mount)
      throw new ConfigurationError('InvalidProvider', `the KV engine is mounted at '${found}', not at '${mount}'`);
    return String(objectAt(info, 'options')['version']) === '2' ? 2 : 1;
  }

  /** Asks in the way of version 1, which an engine of version 2 answers with a warning. */
  async #tryOut(path: string): Promise<KvVersion | undefined> {
    if (ENDPOINT_OF_V2.test(path)) return undefined;
    const { client, mount } = this.#options;
    const answer = await this.#counted((signal) =>
      client({ method: 'GET', path: `${encodePath(mount)}/${path}` }, signal),
    );
    if (isWrongKvPath(answer)) return 2;
    return isSuccess(answer) || isBareNotFound(answer) ? 1 : undefined;
  }

  async #counted<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { recordIdentityCall } = this.#options.tools;
    try {
      const result = await withDeadline({ clock: this.#clock, timeoutMs: TIMEOUT_MS }, work);
      recordIdentityCall('success');
      return result;
    } catch (error) {
      if (error instanceof SecretsError) recordIdentityCall(error.code);
      throw error;
    }
  }
}
