import { setImmediate as nextTurn } from 'node:timers/promises';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { CacheError } from '../../core/errors/cache-error.ts';
import { KEY_BYTES } from '../../core/symmetric-key.ts';

// The first bytes of the file: what it is, and the version of the format.
const MAGIC = Buffer.from('keyfob cache 1\n');
const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
// About a millisecond's work.
const TURN_LENGTH = 262_144;
const WRAPPED_BYTES = IV_BYTES + TAG_BYTES + KEY_BYTES;

/**
 * Seals a text, given in parts, under a random data key, which is wrapped by the key:
 * magic, wrapped data key, payload; both as initialisation vector, tag, ciphertext (AES-256-GCM).
 * A large text is sealed in many turns of the event loop, so that nobody waits for it.
 * @returns the file in pieces
 */
export async function seal(parts: Iterable<string>, key: Uint8Array): Promise<readonly Uint8Array[]> {
  const dataKey = randomBytes(KEY_BYTES);
  // The payload belongs to this header and no other.
  const header = Buffer.concat([MAGIC, encrypt(dataKey, key, MAGIC)]);
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, dataKey, iv).setAAD(header);
  const pieces: Uint8Array[] = [];
  let inThisTurn = 0;
  for (const part of parts) {
    pieces.push(cipher.update(part, 'utf8'));
    inThisTurn += part.length;
    if (inThisTurn < TURN_LENGTH) continue;
    inThisTurn = 0;
    await nextTurn();
  }
  const end = cipher.final();
  return [header, iv, cipher.getAuthTag(), ...pieces, end];
}

/**
 * @param keys the present one first, then those before it, so that a key can be replaced
 * @throws CacheError `CacheCorrupted` saying whether it is foreign, of another format, or damaged
 */
export function unseal(file: Buffer, keys: readonly Uint8Array[]): string {
  if (!file.subarray(0, MAGIC.length).equals(MAGIC))
    throw new CacheError('CacheCorrupted', 'it is no cache file of this version');
  const header = file.subarray(0, MAGIC.length + WRAPPED_BYTES);
  const wrapped = header.subarray(MAGIC.length);
  const dataKey = keys.map((key) => decrypt(wrapped, key, MAGIC)).find((found) => found !== undefined);
  if (dataKey === undefined) throw new CacheError('CacheCorrupted', "its key is none of those in 'cache.persistence'");
  const text = decrypt(file.subarray(header.length), dataKey, header);
  if (text === undefined) throw new CacheError('CacheCorrupted', 'it is damaged or cut off');
  return text.toString();
}

function encrypt(plain: Uint8Array, key: Uint8Array, bound: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, iv).setAAD(bound);
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
}

function decrypt(sealed: Buffer, key: Uint8Array, bound: Uint8Array): Buffer | undefined {
  const iv = sealed.subarray(0, IV_BYTES);
  const tag = sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES);
  if (tag.length < TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, iv, { authTagLength: TAG_BYTES }).setAAD(bound).setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}
