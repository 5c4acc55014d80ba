import { createHmac, randomBytes } from 'node:crypto';

/** Makes the id of a version that the store itself does not number. */
export type ToVersionId = (...parts: readonly string[]) => string;

const ID_LENGTH = 32;

/**
 * The ids differ where the parts do. They are keyed by a random key that does not outlive the instance, so that they
 * tell nothing of a value, not even to someone who can guess it.
 */
export function createVersionId(): ToVersionId {
  const key = randomBytes(32);
  return (...parts) => createHmac('sha256', key).update(JSON.stringify(parts)).digest('hex').slice(0, ID_LENGTH);
}
