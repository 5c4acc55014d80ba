import { createCipheriv, createHmac } from 'node:crypto';

const BLOCK_BYTES = 4_096;

/** Bytes that look random and follow from a key and a text; nobody without the key can tell the text from them. */
export class Keystream {
  readonly #cipher: ReturnType<typeof createCipheriv>;
  #block = Buffer.alloc(0);
  #at = 0;

  /** @param key 32 bytes */
  constructor(key: Uint8Array, text: string | Uint8Array) {
    const streamKey = createHmac('sha256', key).update(text).digest();
    // A key of its own for each text, so that the counter may begin at nothing.
    this.#cipher = createCipheriv('aes-256-ctr', streamKey, Buffer.alloc(16));
  }

  /** 0 up to `limit`, which is at most 2^24 and is left out. */
  below(limit: number): number {
    return this.bytes(4).readUInt32BE() % limit;
  }

  /** One character of the alphabet. */
  pick(alphabet: string): string {
    return alphabet.charAt(this.below(alphabet.length));
  }

  bytes(length: number): Buffer {
    if (this.#at + length > this.#block.length) {
      this.#block = this.#cipher.update(Buffer.alloc(Math.max(BLOCK_BYTES, length)));
      this.#at = 0;
    }
    this.#at += length;
    return this.#block.subarray(this.#at - length, this.#at);
  }
}
