import type { Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';

type Dated = Partial<Record<'createdAt' | 'updatedAt' | 'nextRotation' | 'lastAccessed', Date>>;

/** The same with its dates moved. */
export function shiftDates<T extends SecretMetadata | SecretVersion>(dated: T, ms: number): T {
  return { ...dated, ...shifted(dated, ms) };
}

/** Likewise, its metadata included. */
export function shiftSecretDates(secret: Secret, ms: number): Secret {
  return { ...secret, ...shifted(secret, ms), metadata: shiftDates(secret.metadata, ms) };
}

function shifted({ createdAt, updatedAt, nextRotation, lastAccessed }: Dated, ms: number): Dated {
  const move = (date: Date): Date => new Date(date.getTime() + ms);
  return {
    ...(createdAt !== undefined && { createdAt: move(createdAt) }),
    ...(updatedAt !== undefined && { updatedAt: move(updatedAt) }),
    ...(nextRotation !== undefined && { nextRotation: move(nextRotation) }),
    ...(lastAccessed !== undefined && { lastAccessed: move(lastAccessed) }),
  };
}
