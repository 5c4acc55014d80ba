import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { RequestError } from '../core/errors/request-error.ts';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Makes a provider's cursor opaque to callers and binds it to the question it belongs to. The key is random and lives
 * as long as the process; a cursor does not outlive a restart.
 */
export class CursorSeal {
  readonly #key = randomBytes(32);

  /** @param binding everything that the next page must be asked with: caller, instance, prefix, filter. */
  seal(cursor: string, binding: readonly string[]): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#key, iv).setAAD(toBytes(binding));
    const sealed = Buffer.concat([cipher.update(cursor, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url');
  }

  /** @throws RequestError `InvalidParameter` for a cursor that was not sealed here, or for another question. */
  open(sealed: string, binding: readonly string[]): string {
    const bytes = Buffer.from(sealed, 'base64url');
    const [iv, tag, text] = [
      bytes.subarray(0, IV_BYTES),
      bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES),
      bytes.subarray(IV_BYTES + TAG_BYTES),
    ];
    try {
      const options = { authTagLength: TAG_BYTES };
      const decipher = createDecipheriv(ALGORITHM, this.#key, iv, options).setAAD(toBytes(binding)).setAuthTag(tag);
      return decipher.update(text, undefined, 'utf8') + decipher.final('utf8');
    } catch (cause) {
      throw new RequestError('InvalidParameter', "the 'cursor' does not belong to this question", { cause });
    }
  }
}

const toBytes = (binding: readonly string[]): Buffer => Buffer.from(JSON.stringify(binding));
