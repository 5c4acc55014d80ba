import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { SecretMetadata } from '../../core/secret.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';
import { epochAt, listAt } from './json-fields.ts';
import { toStage } from './stages.ts';

/** The stages of each version as DescribeSecret and ListSecrets tell of them, by version id. */
export type StagesByVersion = ReadonlyMap<string, readonly string[]>;

/** From an answer of DescribeSecret, or an entry of ListSecrets; the two call the table of stages by other names. */
export function parseStages(answer: JsonObject): StagesByVersion {
  const table = [answer['VersionIdsToStages'], answer['SecretVersionsToStages']].find(isObject) ?? {};
  return new Map(Object.keys(table).map((version) => [version, listAt(table, version).map(toStage)]));
}

/** The version that carries the stage. */
export const versionWith = (stage: string, stages: StagesByVersion): string | undefined =>
  stages.entries().find(([, all]) => all.includes(stage))?.[0];

/**
 * A field that the store did not send is absent.
 * @param place the canonical id of the secret, and the region that answered.
 */
export function toMetadata(
  answer: JsonObject,
  place: { readonly name: string; readonly region: string },
): SecretMetadata {
  const stages = parseStages(answer);
  const currentVersion = versionWith('current', stages);
  const arn = textAt(answer, 'ARN');
  const description = textAt(answer, 'Description');
  const rotationEnabled = answer['RotationEnabled'];
  const nextRotation = epochAt(answer, 'NextRotationDate');
  const createdAt = epochAt(answer, 'CreatedDate');
  const updatedAt = epochAt(answer, 'LastChangedDate');
  const lastAccessed = epochAt(answer, 'LastAccessedDate');
  return {
    ...place,
    ...(arn !== undefined && { arn }),
    ...(description !== undefined && { description }),
    ...(currentVersion !== undefined && { currentVersion, stages: stages.get(currentVersion) ?? [] }),
    tags: parseTags(answer),
    ...(typeof rotationEnabled === 'boolean' && { rotationEnabled }),
    ...(nextRotation !== undefined && { nextRotation }),
    ...(createdAt !== undefined && { createdAt }),
    ...(updatedAt !== undefined && { updatedAt }),
    ...(lastAccessed !== undefined && { lastAccessed }),
  };
}

function parseTags(answer: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    objectsAt(answer, 'Tags').map((tag) => [textAt(tag, 'Key') ?? '', textAt(tag, 'Value') ?? '']),
  );
}
