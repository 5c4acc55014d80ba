import { createHash, randomBytes } from 'node:crypto';
import type { FakeVault } from '../fakes/fake-vault.ts';
import { envelope } from '../fakes/fake-vault-kv.ts';

/** Values that show whether they are whole: of which path, the how manyeth, and a sum of it all. */
export class TellingValues {
  readonly #bytes: (path: string) => number;
  #version = 0;

  /** @param bytes how large the value of a path is, about */
  constructor(bytes: (path: string) => number) {
    this.#bytes = bytes;
  }

  /** The store gives another one to each question. */
  serveFrom(vault: FakeVault): void {
    vault.fault = ({ path }) => {
      const [, secret] = /^secret\/data\/(.*)$/.exec(path) ?? [];
      if (secret === undefined) return undefined;
      const version = ++this.#version;
      const fill = randomBytes(this.#bytes(secret)).toString('base64');
      const data = JSON.stringify({ version, fill, sum: sumOf(secret, version, fill) });
      const metadata = { created_time: '2026-01-01T00:00:00Z', deletion_time: '', destroyed: false, version };
      return envelope(`{"data":${data},"metadata":${JSON.stringify(metadata)}}`);
    };
  }

  /** @returns its version. @throws Error when it is none of the values of that path, or not whole. */
  check(path: string, text: string): number {
    const { version, fill, sum } = JSON.parse(text);
    if (!(version <= this.#version) || sum !== sumOf(path, version, fill)) throw new Error(`${path}: a torn value`);
    return version;
  }
}

const sumOf = (path: string, version: number, fill: string): string =>
  createHash('sha256').update(`${path}\n${version}\n${fill}`).digest('base64');
