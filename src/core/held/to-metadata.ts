import type { SecretMetadata } from '../secret.ts';
import type { HeldSecret } from './held-secret.ts';

/** What a file tells of a secret besides its value. */
export function toMetadata({ path, current, tags, description, updatedAt }: HeldSecret): SecretMetadata {
  return {
    name: path,
    currentVersion: current.id,
    stages: current.stages,
    ...(tags !== undefined && { tags }),
    ...(description !== undefined && { description }),
    ...(updatedAt !== undefined && { updatedAt }),
  };
}
