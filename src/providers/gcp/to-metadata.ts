import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { SecretMetadata } from '../../core/secret.ts';
import { dateAt, objectAt, textAt, textsAt } from '../../core/json-fields.ts';
import type { VersionRow } from './version-list.ts';

/**
 * What the store tells of a secret, as metadata: labels are tags, the annotation `description` is the description.
 * @param current the current version, where it is known.
 */
export function toMetadata(id: string, secret: JsonObject, current?: VersionRow): SecretMetadata {
  const arn = textAt(secret, 'name');
  const description = textAt(objectAt(secret, 'annotations'), 'description');
  const nextRotation = dateAt(objectAt(secret, 'rotation'), 'nextRotationTime');
  const createdAt = dateAt(secret, 'createTime');
  return {
    name: id,
    ...(arn !== undefined && { arn }),
    ...(description !== undefined && { description }),
    ...(current !== undefined && toCurrent(secret, current)),
    tags: textsAt(secret, 'labels'),
    rotationEnabled: isObject(secret['rotation']),
    ...(nextRotation !== undefined && { nextRotation }),
    ...(createdAt !== undefined && { createdAt }),
  };
}

function toCurrent(secret: JsonObject, { number, createdAt }: VersionRow): Partial<SecretMetadata> {
  // Numbers of 64 bits are texts in the JSON of protocol buffers.
  const aliases = Object.entries(objectAt(secret, 'versionAliases')).filter(([, of]) => String(of) === number);
  return {
    currentVersion: number,
    stages: ['current', ...aliases.map(([alias]) => alias).sort()],
    ...(createdAt !== undefined && { updatedAt: createdAt }),
  };
}
