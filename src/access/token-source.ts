import { isDeepStrictEqual } from 'node:util';
import type { CredentialSetting } from '../core/credential-setting.ts';
import { parseTokenLines } from './token-lines.ts';
import { WatchedSetting } from './watched-setting.ts';

/** The tokens of one caller, read again when their file has changed. */
export class TokenSource {
  readonly caller: string;
  readonly #setting: WatchedSetting;
  #isDoubtful = false;
  #tokens: readonly string[] = [];

  constructor(caller: string, setting: CredentialSetting) {
    this.caller = caller;
    this.#setting = new WatchedSetting(setting);
  }

  get tokens(): readonly string[] {
    return this.#tokens;
  }

  /**
   * Looks between two looks whether there are other tokens. What is wrong, or ends, is for the next look.
   * @returns whether there are
   */
  async lookForMore(): Promise<boolean> {
    const { tokens } = parseTokenLines((await this.#setting.read()) ?? '');
    if (tokens.length === 0 || isDeepStrictEqual(tokens, this.#tokens)) return false;
    this.#tokens = tokens;
    return true;
  }

  /**
   * Looks whether there is something new.
   *
   * A file that is missing or without a token may be in the middle of being written: what it held before counts until the
   * next look, which then ends it.
   * @returns what is wrong now, as sentences; undefined when nothing is new. They hold no token.
   */
  async look(): Promise<readonly string[] | undefined> {
    const wasDoubtful = this.#isDoubtful;
    if (!(await this.#setting.hasChanged()) && !wasDoubtful) return undefined;
    const text = await this.#setting.read();
    const { tokens, malformed } = parseTokenLines(text ?? '');
    this.#isDoubtful = tokens.length === 0 && !wasDoubtful && this.#tokens.length > 0;
    if (this.#isDoubtful) return undefined;
    this.#tokens = tokens;
    const about = `the tokens of the caller '${this.caller}' in ${this.#setting.place}`;
    if (text === undefined) return [`${about} cannot be read`];
    if (tokens.length === 0 && malformed.length === 0) return [`${about} are missing`];
    return malformed.map((line) => `${about}: line ${line} is none: 16 to 4096 visible ASCII characters are needed`);
  }
}
