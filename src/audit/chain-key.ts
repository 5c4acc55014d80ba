import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/** The key of a chain with its name in the records, which tells nothing of the key. */
export interface ChainKey {
  readonly bytes: Uint8Array;
  readonly id: string;
}

const ID_LENGTH = 16;

/** @param bytes 32 bytes */
export function toChainKey(bytes: Uint8Array): ChainKey {
  const id = createHmac('sha256', bytes).update('keyfob audit key id').digest('hex').slice(0, ID_LENGTH);
  return { bytes, id };
}

/** SHA-256 of a block, as HMAC where there is a key. */
export const createSeal = (key: ChainKey | undefined): Hash | Hmac =>
  key === undefined ? createHash('sha256') : createHmac('sha256', key.bytes);
