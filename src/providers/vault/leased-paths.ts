import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { JsonNode } from '../../core/json-node.ts';
import { childTexts } from '../../core/json-text.ts';
import type { PathPattern } from '../../core/path-pattern.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret } from '../../core/secret.ts';
import type { Selector } from '../../core/selector.ts';
import { isSuccess, type Answer } from './answer.ts';
import { toSecretError } from './errors.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { secondsAt } from './json-fields.ts';
import { isWrongKvPath } from './kv-answer.ts';
import { locateKv } from './kv-path.ts';
import { createSecretLease, type LeaseTools } from './secret-lease.ts';
import type { ToVersionId } from './version-id.ts';
import { encodePath } from './wire.ts';

export interface LeasedPathsOptions extends LeaseTools {
  readonly patterns: readonly PathPattern[];
  readonly toVersionId: ToVersionId;
}

// The words of the engines for a role that they do not have; all of them answer 400.
const NO_ROLE = /\bunknown role\b|\brole\b.*\b(?:not found|does not exist)|\bno (?:static )?role found/i;

/** Paths that are read as they are, outside the KV engine: each read makes the store lend a new value. */
export class LeasedPaths {
  readonly #options: LeasedPathsOptions;

  constructor(options: LeasedPathsOptions) {
    this.#options = options;
  }

  has(id: string): boolean {
    return this.#options.patterns.some((pattern) => pattern.matches(id));
  }

  /** @throws RequestError `InvalidPath`, `InvalidParameter` */
  locate(path: string, selector: Selector): Location {
    if (selector.version !== undefined)
      throw new RequestError(
        'InvalidParameter',
        `'version' has no meaning for '${path}', which is made anew by each read`,
      );
    return locateKv(path, selector);
  }

  async read({ id, selector: { stage } }: Location, signal: AbortSignal): Promise<Secret> {
    if (stage !== undefined)
      throw new SecretNotFoundError('StageNotFound', `'${id}' is made anew by each read and has no stage '${stage}'`);
    const { client, clock } = this.#options;
    const askedAtMs = clock.monotonicMs();
    const answer = await client({ method: 'GET', path: encodePath(id) }, signal);
    if (!isSuccess(answer)) throw toLeasedError(answer, id);
    const data = new JsonNode(answer.text).child('data');
    if (data?.isObject !== true)
      throw new ConfigurationError('InvalidPathPattern', `the store has no secret to read at '${id}': see 'leased'`);
    const lease = await createSecretLease(answer, { ...this.#options, askedAtMs, signal });
    const version = this.#options.toVersionId(id, textAt(answer.body ?? {}, 'lease_id') ?? constantPart(data.text));
    const stages = ['current'];
    return {
      value: new Redacted(data.text),
      version,
      stages,
      metadata: { name: id, currentVersion: version, stages },
      ...(lease === undefined ? { ttlMs: ownTtlMs(answer) } : { ttlMs: lease.durationMs, lease }),
    };
  }
}

function toLeasedError(answer: Answer, id: string): Error {
  if (answer.status === 400 && NO_ROLE.test(answer.complaint))
    return new SecretNotFoundError('SecretDoesNotExist', `the store has no role for '${id}'`);
  if (isWrongKvPath(answer))
    return new ConfigurationError('InvalidPathPattern', `'${id}' is in a KV engine of version 2: see 'leased'`);
  return toSecretError(answer, { id });
}

/**
 * How long a value that is not lent may be kept: what it says itself, as static roles do of their next rotation, or what
 * the engine says of it; without either it is not kept.
 */
const ownTtlMs = ({ body = {} }: Answer): number =>
  secondsAt(objectAt(body, 'data'), 'ttl') || secondsAt(body, 'lease_duration');

/** A value without the time that is left to it, which is another at each read. */
const constantPart = (data: string): string =>
  JSON.stringify(Array.from(childTexts(data)).filter(([name]) => name !== 'ttl'));
