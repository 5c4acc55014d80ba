import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { SecretMetadata, SecretWarning } from '../../core/secret.ts';
import { textAt } from '../../core/json-fields.ts';
import { numberAt } from '../../credentials/azure/json-body.ts';
import { toId } from './secret-name.ts';

/** What a vault tells of a version of a secret, with its value or without. */
export interface Attributes {
  /** The canonical id; undefined for a name that no path leads to. */
  readonly id: string | undefined;
  /** Small hexadecimal digits; undefined in a list of secrets. */
  readonly version: string | undefined;
  readonly isEnabled: boolean;
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
  readonly notBefore: Date | undefined;
  readonly expiresAt: Date | undefined;
  readonly contentType: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Undefined when the object is not of a secret. */
export function parseAttributes(item: unknown): Attributes | undefined {
  if (!isObject(item)) return undefined;
  const [kind, name, version] = (URL.parse(textAt(item, 'id') ?? '')?.pathname ?? '').split('/').slice(1);
  if (kind !== 'secrets' || name === undefined || name === '') return undefined;
  const attributes = isObject(item['attributes']) ? item['attributes'] : {};
  return {
    id: toId(name),
    version: version?.toLowerCase() || undefined,
    isEnabled: attributes['enabled'] !== false,
    createdAt: timeAt(attributes, 'created'),
    updatedAt: timeAt(attributes, 'updated'),
    notBefore: timeAt(attributes, 'nbf'),
    expiresAt: timeAt(attributes, 'exp'),
    contentType: textAt(item, 'contentType'),
    tags: parseTags(item['tags']),
  };
}

/** The content type is a note for people in Azure's own words, so it is the description here. */
export function toMetadata(name: string, attributes: Attributes): SecretMetadata {
  const { contentType, tags, createdAt, updatedAt } = attributes;
  return {
    name,
    ...(contentType !== undefined && { description: contentType }),
    tags,
    ...(createdAt !== undefined && { createdAt }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

/** Outside the time that it is meant for; the vault serves it all the same. */
export function timeWarning({ notBefore, expiresAt }: Attributes, wallMs: number): SecretWarning | undefined {
  if (expiresAt !== undefined && expiresAt.getTime() <= wallMs) return 'expired';
  if (notBefore !== undefined && notBefore.getTime() > wallMs) return 'not-yet-valid';
  return undefined;
}

function parseTags(tags: unknown): Readonly<Record<string, string>> {
  return isObject(tags) ? Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)])) : {};
}

/** Seconds since 1970. */
function timeAt(attributes: JsonObject, key: string): Date | undefined {
  const seconds = numberAt(attributes, key);
  return seconds === undefined ? undefined : new Date(seconds * 1000);
}
