import type { SecretMetadata, SecretVersion, VersionState } from '../../core/secret.ts';
import { isObject, type JsonObject } from '../../core/json-object.ts';
import { dateAt, objectAt, textAt } from '../../core/json-fields.ts';

/** One version as `metadata/<path>` tells of it. */
export interface KvVersion {
  readonly number: number;
  readonly createdAt: Date | undefined;
  readonly state: Extract<VersionState, 'enabled' | 'deleted' | 'destroyed'>;
}

/** What `metadata/<path>` answers. */
export interface KvMetadata {
  /** 0 when only metadata was ever written. */
  readonly current: number;
  /** Newest first. */
  readonly versions: readonly KvVersion[];
  readonly createdAt: Date | undefined;
  readonly updatedAt: Date | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** @param data the answer's `data`. @param wallMs tells deletions that have happened from those that will. */
export function parseKvMetadata(data: JsonObject, wallMs: number): KvMetadata {
  const versions = Object.entries(objectAt(data, 'versions')).map(([number, row]) =>
    parseVersion(Number(number), isObject(row) ? row : {}, wallMs),
  );
  return {
    current: Number(data['current_version'] ?? 0),
    versions: versions.sort((a, b) => b.number - a.number),
    createdAt: dateAt(data, 'created_time'),
    updatedAt: dateAt(data, 'updated_time'),
    tags: parseTags(data),
  };
}

/** `custom_metadata`; Vault allows texts only. */
export function parseTags(data: JsonObject): Readonly<Record<string, string>> {
  const tags = objectAt(data, 'custom_metadata');
  return Object.fromEntries(Object.keys(tags).map((key) => [key, textAt(tags, key) ?? '']));
}

/** The newest readable version below the current one. */
export const previousOf = ({ current, versions }: KvMetadata): number | undefined =>
  versions.find((version) => version.number < current && version.state === 'enabled')?.number;

export function toSecretMetadata(id: string, { current, createdAt, updatedAt, tags }: KvMetadata): SecretMetadata {
  return {
    name: id,
    ...(current > 0 && { currentVersion: String(current), stages: ['current'] }),
    tags,
    ...(createdAt !== undefined && { createdAt }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}

export function toSecretVersions(metadata: KvMetadata): SecretVersion[] {
  const previous = previousOf(metadata);
  return metadata.versions.map(({ number, createdAt, state }) => ({
    version: String(number),
    stages: number === metadata.current ? ['current'] : number === previous ? ['previous'] : [],
    ...(createdAt !== undefined && { createdAt }),
    state,
  }));
}

function parseVersion(number: number, row: JsonObject, wallMs: number): KvVersion {
  const deletedAtMs = dateAt(row, 'deletion_time')?.getTime() ?? Infinity;
  const state = row['destroyed'] === true ? 'destroyed' : deletedAtMs <= wallMs ? 'deleted' : 'enabled';
  return { number, createdAt: dateAt(row, 'created_time'), state };
}
