import type { CacheEntry } from '../cache/cache-entry.ts';
import type { ReadAnswer } from '../client/failover.ts';
import { SecretParts } from '../client/secret-part.ts';
import type { Clock } from '../core/clock.ts';
import type { Secret } from '../core/secret.ts';
import type { SecretMetadata, SecretValue } from './secrets-client.ts';
import { toMetadata } from './to-metadata.ts';

/** What the library hands out, made once for as long as the value is kept. */
export class SecretValues {
  readonly #clock: Clock;
  readonly #values = new WeakMap<CacheEntry, SecretValue>();
  readonly #parts = new WeakMap<CacheEntry, SecretParts>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of({ entry, outcome }: ReadAnswer): SecretValue {
    // A stale answer is another object: those who hold the fresh one must not see it turn.
    if (outcome === 'stale') return this.#build(entry, true);
    const known = this.#values.get(entry);
    if (known !== undefined) return known;
    const built = this.#build(entry, false);
    this.#values.set(entry, built);
    return built;
  }

  /** @throws ParseError when the secret has no such key */
  key({ entry }: ReadAnswer, key: string): string {
    const parts = this.#parts.get(entry) ?? new SecretParts(entry.secret);
    this.#parts.set(entry, parts);
    const { value } = parts.key(key);
    return typeof value === 'string' ? value : Buffer.from(value).toString('base64');
  }

  #build({ identity, secret, fetchedAtMs }: CacheEntry, isStale: boolean): SecretValue {
    const { metadata, version } = secret;
    const fetchedAt = new Date(this.#clock.wallMs() - (this.#clock.monotonicMs() - fetchedAtMs));
    const known = { currentVersion: version, stages: secret.stages, ...metadata };
    return new ReadValue(secret, {
      metadata: toMetadata(known, { path: identity.path, answeredAt: fetchedAt }),
      createdAt: secret.createdAt ?? fetchedAt,
      provider: identity.provider,
      isStale,
    });
  }
}

interface Surroundings {
  readonly metadata: SecretMetadata;
  readonly createdAt: Date;
  readonly provider: string;
  readonly isStale: boolean;
}

/** The value itself is no property of its own, so that nothing that prints, copies or compares objects shows it. */
class ReadValue implements SecretValue {
  readonly #value: string;
  readonly encoding: 'utf8' | 'base64';
  readonly version: string;
  readonly createdAt: Date;
  declare readonly updatedAt?: Date;
  readonly metadata: SecretMetadata;
  readonly provider: string;
  readonly isStale: boolean;

  constructor(secret: Secret, { metadata, createdAt, provider, isStale }: Surroundings) {
    const value = secret.value.expose();
    const isText = typeof value === 'string';
    this.#value = isText ? value : Buffer.from(value).toString('base64');
    this.encoding = isText ? 'utf8' : 'base64';
    this.version = secret.version;
    this.createdAt = createdAt;
    if (secret.updatedAt !== undefined) this.updatedAt = secret.updatedAt;
    this.metadata = metadata;
    this.provider = provider;
    this.isStale = isStale;
    Object.freeze(this);
  }

  get value(): string {
    return this.#value;
  }
}
