import type { Page, Secret, SecretMetadata, SecretValue, SecretVersion } from '../../core/secret.ts';

/** Makes the value that a secret has after `n` rotations. */
export type RotateValue = (value: SecretValue, path: string, n: number) => SecretValue;

/** One secret, and how often the simulation has rotated it. */
export interface Rotated {
  readonly path: string;
  readonly rotations: number;
  readonly rotateValue: RotateValue;
}

/** The current version of a secret after so many rotations. */
export function rotateSecret(secret: Secret, { path, rotations, rotateValue }: Rotated): Secret {
  if (rotations === 0) return secret;
  const version = rotatedId(secret.version, rotations);
  return {
    ...secret,
    value: rotateValue(secret.value, path, rotations),
    version,
    metadata: rotateMetadata(secret.metadata, rotations),
  };
}

export function rotateMetadata(metadata: SecretMetadata, rotations: number): SecretMetadata {
  const { currentVersion } = metadata;
  if (rotations === 0 || currentVersion === undefined) return metadata;
  return { ...metadata, currentVersion: rotatedId(currentVersion, rotations) };
}

/** The history with the rotated version at its top, and the one before it. */
export function rotateHistory(page: Page<SecretVersion>, rotations: number): Page<SecretVersion> {
  const current = page.items.find(({ stages }) => stages.includes('current'));
  if (rotations === 0 || current === undefined) return page;
  const rotated = { ...current, version: rotatedId(current.version, rotations) };
  const previous = { ...current, version: rotatedId(current.version, rotations - 1), stages: ['previous'] };
  const older = page.items
    .filter((row) => row !== current)
    .map((row) => ({ ...row, stages: row.stages.filter((stage) => stage !== 'previous') }));
  return { ...page, items: [rotated, previous, ...older] };
}

const rotatedId = (id: string, rotations: number): string => (rotations === 0 ? id : `${id}.r${rotations}`);
