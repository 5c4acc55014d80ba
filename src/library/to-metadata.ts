import type { SecretMetadata as StoreMetadata } from '../core/secret.ts';
import type { SecretMetadata } from './secrets-client.ts';

interface Answer {
  readonly path: string;
  readonly answeredAt: Date;
}

/** What a store told, in the form of the specification, which has no optional version, stages, tags or creation. */
export function toMetadata(known: StoreMetadata, { path, answeredAt }: Answer): SecretMetadata {
  const { name, arn, description, nextRotation, lastAccessed } = known;
  return Object.freeze({
    path,
    name,
    ...(arn !== undefined && { arn }),
    ...(description !== undefined && { description }),
    currentVersion: known.currentVersion ?? '',
    stages: frozenList(known.stages),
    tags: Object.freeze({ ...known.tags }),
    rotationEnabled: known.rotationEnabled ?? false,
    ...(nextRotation !== undefined && { nextRotation }),
    createdAt: known.createdAt ?? answeredAt,
    ...(lastAccessed !== undefined && { lastAccessed }),
  });
}

/** The specification's type is a plain array; it is shared by all readers nevertheless. */
function frozenList(items: readonly string[] = []): string[] {
  const list = [...items];
  Object.freeze(list);
  return list;
}
