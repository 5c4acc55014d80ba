import { readFile, stat } from 'node:fs/promises';
import type { CredentialSetting } from '../core/credential-setting.ts';

/** A text in the configuration, in the environment or in a file, of which only a file can change. */
export class WatchedSetting {
  readonly #setting: CredentialSetting;
  #signature: string | undefined;

  constructor(setting: CredentialSetting) {
    this.#setting = setting;
  }

  /** Where it is, for sentences. */
  get place(): string {
    const setting = this.#setting;
    if (typeof setting === 'string') return 'the configuration';
    return 'env' in setting ? `the environment variable '${setting.env}'` : `the file '${setting.file}'`;
  }

  /** Whether there may be something new since the last look. A file that is not there is a state, too. */
  async hasChanged(): Promise<boolean> {
    const signature = await this.#sign();
    const isNew = signature !== this.#signature;
    this.#signature = signature;
    return isNew;
  }

  /** Undefined when it is not there. */
  async read(): Promise<string | undefined> {
    const setting = this.#setting;
    if (typeof setting === 'string') return setting;
    if ('env' in setting) return process.env[setting.env];
    try {
      return await readFile(setting.file, 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Different for each state of a file, whether it is written anew or replaced, also by way of a link. */
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
}
