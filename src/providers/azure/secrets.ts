import type { Clock } from '../../core/clock.ts';
import { AccessError } from '../../core/errors/access-error.ts';
import { ParseError } from '../../core/errors/parse-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret, SecretMetadata } from '../../core/secret.ts';
import type { Answer } from './answer.ts';
import { type Attributes, parseAttributes, timeWarning, toMetadata } from './attributes.ts';
import type { AzureClient } from './client.ts';
import { missingError, type Subject, toInstanceError, toSecretError } from './errors.ts';
import { type HistoryRow, previousOf, toHistory } from './history.ts';
import { readPages } from './pages.ts';
import { toName } from './secret-name.ts';

export interface SecretsOptions {
  readonly client: AzureClient;
  readonly clock: Clock;
  /** Refuses a value outside the time that it is meant for. */
  readonly enforceExpiry: boolean;
}

/** The secrets of a vault. */
export class AzureSecrets {
  readonly #options: SecretsOptions;

  constructor(options: SecretsOptions) {
    this.#options = options;
  }

  /** One version with its value; the one before the current costs the history as well. */
  async read({ id, selector }: Location, signal: AbortSignal): Promise<Secret> {
    if (selector.stage === undefined) return this.#readVersion({ id, ...selector }, signal);
    const previous = selector.stage === 'previous' ? previousOf(await this.history(id, signal)) : undefined;
    if (previous === undefined)
      throw new SecretNotFoundError('StageNotFound', `no version of '${id}' has the stage '${selector.stage}'`);
    return { ...(await this.#readVersion({ id, version: previous.version }, signal)), stages: ['previous'] };
  }

  /** Newest first, at least one version. */
  async history(id: string, signal: AbortSignal): Promise<readonly [HistoryRow, ...HistoryRow[]]> {
    const ask = { path: `/secrets/${toName(id)}/versions`, subject: { id } };
    const [first, ...rest] = toHistory(await readPages(this.#options.client, ask, signal));
    // The history of a secret that is not there, or deleted, is empty.
    if (first === undefined) throw missingError({ id });
    return [first, ...rest];
  }

  /** Without the value, unless our identity may read values and not lists. */
  async describe(id: string, signal: AbortSignal): Promise<SecretMetadata> {
    try {
      const [newest] = await this.history(id, signal);
      return toCurrentMetadata(id, newest);
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
      return (await this.#readVersion({ id }, signal)).metadata;
    }
  }

  /** All secrets whose id begins so and that carry the tags, in the order of their ids. */
  async list(
    prefix: string,
    tags: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<readonly SecretMetadata[]> {
    const wanted = Object.entries(tags);
    const items = await readPages(this.#options.client, { path: '/secrets', subject: { id: prefix } }, signal);
    const found = items.flatMap((item) => {
      const isWanted = item.id?.startsWith(prefix) === true && wanted.every(([key, value]) => item.tags[key] === value);
      return isWanted && item.id !== undefined ? [toMetadata(item.id, item)] : [];
    });
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async #readVersion(subject: Subject, signal: AbortSignal): Promise<Secret> {
    const { client } = this.#options;
    const { id, version } = subject;
    const path = `/secrets/${toName(id)}${version === undefined ? '' : `/${version}`}`;
    const answer = await client.get(client.toUrl(path), signal);
    if (answer.status === 200) return this.#toSecret(answer, subject);
    const error = toSecretError(answer, subject);
    if (error.code === 'VersionNotFound' && answer.status === 404) await this.#assertExists(id, signal);
    throw error;
  }

  /** The vault answers alike for a missing version and a missing secret; without leave to list, the first it is. */
  async #assertExists(id: string, signal: AbortSignal): Promise<void> {
    try {
      await this.history(id, signal);
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
    }
  }

  #toSecret(answer: Answer, { id, version: asked }: Subject): Secret {
    const attributes = parseAttributes(answer.body);
    const value = answer.body?.['value'];
    if (attributes?.version === undefined) throw toInstanceError(answer);
    const { version, createdAt, updatedAt } = attributes;
    if (typeof value !== 'string')
      throw new ParseError('InvalidSecretFormat', `version ${version} of '${id}' has no value`);
    const warning = timeWarning(attributes, this.#options.clock.wallMs());
    if (warning !== undefined && this.#options.enforceExpiry) throw untimelyError(id, attributes, warning);
    const isCurrent = asked === undefined;
    return {
      value: new Redacted(value),
      version,
      stages: isCurrent ? ['current'] : [],
      ...(createdAt !== undefined && { createdAt }),
      ...(updatedAt !== undefined && { updatedAt }),
      metadata: isCurrent ? toCurrentMetadata(id, { ...attributes, version }) : toMetadata(id, attributes),
      ...(warning !== undefined && { warnings: [warning] }),
      ...this.#upperBound(attributes),
    };
  }

  #upperBound({ expiresAt }: Attributes): Pick<Secret, 'ttlMs'> {
    const { enforceExpiry, clock } = this.#options;
    return enforceExpiry && expiresAt !== undefined ? { ttlMs: expiresAt.getTime() - clock.wallMs() } : {};
  }
}

const toCurrentMetadata = (id: string, attributes: HistoryRow): SecretMetadata => ({
  ...toMetadata(id, attributes),
  currentVersion: attributes.version,
  stages: ['current'],
});

/** As a disabled version: it is there, and not to be used now. */
function untimelyError(
  id: string,
  { version, notBefore, expiresAt }: Attributes,
  warning: string,
): SecretNotFoundError {
  const fate =
    warning === 'expired' ? `expired at ${expiresAt?.toISOString()}` : `is valid from ${notBefore?.toISOString()}`;
  return new SecretNotFoundError('VersionNotFound', `version ${version} of '${id}' ${fate}`);
}
