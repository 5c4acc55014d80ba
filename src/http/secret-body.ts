import { createHmac, randomBytes } from 'node:crypto';
import type { Representation } from '../cache/cache-entry.ts';
import { SecretParts } from '../client/secret-part.ts';
import type { ReadAnswer } from '../client/failover.ts';
import { Redacted } from '../core/redacted.ts';
import type { SecretMetadata } from '../core/secret.ts';

/** Which body of a secret is wanted. */
export interface BodyChoice {
  /** The path as the caller wrote it. */
  readonly path: string;
  readonly key?: string;
  /** The bytes of the value alone. */
  readonly raw: boolean;
  /** Different for each choice; made once where the choice is kept. */
  readonly name?: string;
}

export const nameOf = ({ path, key, raw }: BodyChoice): string => JSON.stringify([path, key ?? null, raw]);

/** Makes the bodies of secrets; each is kept with its cache entry. */
export interface SecretBodies {
  /** @throws ParseError when the secret has no such key */
  build(answer: ReadAnswer, choice: BodyChoice): Representation;
}

// Keyed by a random key, so that an entity tag tells nothing of the value, nor whether two secrets are equal.
const ETAG_BYTES = 16;
// From here on a copy for each answer costs more than a second buffer in the write. Beyond half of Node's pool, too, so
// that the bytes lie by themselves.
const LONG_TEXT = 4_097;

export function createSecretBodies(): SecretBodies {
  const key = randomBytes(32);
  return {
    build: ({ entry }, choice) => {
      const body = choice.raw ? rawBody(entry, choice) : jsonBody(entry, choice);
      const digest = createHmac('sha256', key)
        .update(JSON.stringify([entry.identity.key, entry.secret.version, nameOf(choice)]))
        .update(body)
        .digest()
        .subarray(0, ETAG_BYTES);
      return {
        body: toKept(body),
        contentType: contentType(body, choice),
        etag: `"${digest.toString('base64url')}"`,
        bytes: Buffer.byteLength(body),
      };
    },
  };
}

/** The name under which the body is kept; empty for the common one, which batches ask for without a URL. */
export function representationName(choice: BodyChoice, storedPath: string): string {
  const { path, key, raw, name } = choice;
  return key === undefined && !raw && path === storedPath ? '' : (name ?? nameOf(choice));
}

/** A long text is sent as bytes: they are not copied again for each answer, and the collector does not move them about. */
function toKept(body: string | Uint8Array): Representation['body'] {
  if (typeof body !== 'string') return new Redacted(body);
  return body.length < LONG_TEXT ? new Redacted(body) : new Redacted<Uint8Array>(Buffer.from(body));
}

function contentType(body: string | Uint8Array, { raw }: BodyChoice): string {
  if (!raw) return 'application/json; charset=utf-8';
  return typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/octet-stream';
}

function rawBody({ secret }: ReadAnswer['entry'], { key }: BodyChoice): string | Uint8Array {
  return key === undefined ? secret.value.expose() : new SecretParts(secret).key(key).value;
}

/** Written member by member: nothing that is not named here can leave, and the document goes in as its source text. */
function jsonBody({ identity, secret }: ReadAnswer['entry'], { path, key }: BodyChoice): string {
  const parts = new SecretParts(secret);
  const { value, json } = key === undefined ? parts.whole() : parts.key(key);
  const isText = typeof value === 'string';
  const members = JSON.stringify({
    path,
    provider: identity.provider,
    value: isText ? value : Buffer.from(value).toString('base64'),
    encoding: isText ? 'utf8' : 'base64',
    version: secret.version,
    stages: secret.stages,
    createdAt: secret.createdAt,
    updatedAt: secret.updatedAt,
    metadata: toMetadataBody(secret.metadata),
  });
  return json === undefined ? members : `${members.slice(0, -1)},"data":${json}}`;
}

function toMetadataBody(metadata: SecretMetadata): object {
  const { name, arn, description, currentVersion, stages, tags } = metadata;
  const { region, rotationEnabled, nextRotation, createdAt, updatedAt, lastAccessed } = metadata;
  // JSON leaves out what is undefined.
  return {
    name,
    arn,
    description,
    currentVersion,
    stages,
    tags,
    region,
    rotationEnabled,
    nextRotation,
    createdAt,
    updatedAt,
    lastAccessed,
  };
}
