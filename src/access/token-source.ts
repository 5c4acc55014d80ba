import { readFile, stat } from 'node:fs/promises';
import type { CredentialSetting } from '../core/credential-setting.ts';
import { parseTokenLines } from './token-lines.ts';

/** The tokens of one caller, read again when their file has changed. */
export class TokenSource {
  readonly caller: string;
  readonly #setting: CredentialSetting;
  #signature: string | undefined;
  #isDoubtful = false;
  #tokens: readonly string[] = [];

  constructor(caller: string, setting: CredentialSetting) {
    this.caller = caller;
    this.#setting = setting;
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /**
   * Looks whether there is something new.
   *
   * A file that is missing or without a token may be in the middle of being written: what it held before counts until the
   * next look, which then ends it.
   * @returns what is wrong now, as sentences; undefined when nothing is new. They hold no token.
   */
  async look(): Promise<readonly string[] | undefined> {
    const signature = await this.#sign();
    if (signature === this.#signature && !this.#isDoubtful) return undefined;
    const text = await this.#read();
    const { tokens, malformed } = parseTokenLines(text ?? '');
    const wasDoubtful = this.#isDoubtful;
    this.#isDoubtful = tokens.length === 0 && !wasDoubtful && this.#tokens.length > 0;
    this.#signature = signature;
    if (this.#isDoubtful) return undefined;
    this.#tokens = tokens;
    const about = `the tokens of the caller '${this.caller}' in ${this.#place}`;
    if (text === undefined) return [`${about} cannot be read`];
    if (tokens.length === 0 && malformed.length === 0) return [`${about} are missing`];
    return malformed.map((line) => `${about}: line ${line} is none: 16 to 4096 visible ASCII characters are needed`);
  }

  get #place(): string {
    const setting = this.#setting;
    if (typeof setting === 'string') return 'the configuration';
    return 'env' in setting ? `the environment variable '${setting.env}'` : `the file '${setting.file}'`;
  }

  /** Different for each state of a file; only a file can change. */
  async #sign(): Promise<string> {
    const setting = this.#setting;
    if (typeof setting === 'string' || 'env' in setting) return 'fixed';
    try {
      const { ino, size, mtimeNs, ctimeNs } = await stat(setting.file, { bigint: true });
      return [ino, size, mtimeNs, ctimeNs].join(' ');
    } catch {
      return 'none';
    }
  }

  async #read(): Promise<string | undefined> {
    const setting = this.#setting;
    if (typeof setting === 'string') return setting;
    if ('env' in setting) return process.env[setting.env];
    try {
      return await readFile(setting.file, 'utf8');
    } catch {
      return undefined;
    }
  }
}
