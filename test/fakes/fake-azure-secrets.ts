import { createHash } from 'node:crypto';

export interface FakeVersion {
  /** 32 hexadecimal digits in no order of time. */
  readonly id: string;
  readonly value: string;
  /** Seconds since 1970. */
  readonly created: number;
  updated: number;
  enabled: boolean;
  readonly more: FakeVersionOptions;
}

export interface FakeVersionOptions {
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly nbf?: number;
  readonly exp?: number;
  readonly enabled?: boolean;
  /** Of a certificate: the secret is made by the vault and linked to a key. */
  readonly managed?: boolean;
  readonly kid?: string;
  /** Seconds since 1970, instead of one more than the last. */
  readonly created?: number;
}

export interface FakeSecret {
  /** In the letters that it was created with. */
  readonly name: string;
  /** In the order in which they were made. */
  readonly versions: FakeVersion[];
  isDeleted: boolean;
}

const FIRST_CREATED = 1_750_000_000;
const MAX_BYTES = 25 * 1024;

/** The secrets of a fake vault. Refuses what Key Vault refuses. */
export class FakeSecrets {
  readonly #secrets = new Map<string, FakeSecret>();
  #count = 0;

  /** Adds a version and gives its id. */
  set(name: string, value: string, more: FakeVersionOptions = {}): string {
    if (!/^[0-9a-zA-Z-]{1,127}$/.test(name)) throw new TypeError('not a name for a secret');
    if (Buffer.byteLength(value) > MAX_BYTES) throw new TypeError('a value has 25 KB at most');
    if (Object.keys(more.tags ?? {}).length > 15) throw new TypeError('a secret has 15 tags at most');
    const secret = this.#secrets.get(name.toLowerCase()) ?? { name, versions: [], isDeleted: false };
    if (secret.isDeleted) throw new TypeError('the name is that of a deleted secret');
    const created = more.created ?? FIRST_CREATED + ++this.#count;
    const id = createHash('md5').update(`${name}/${++this.#count}`).digest('hex');
    secret.versions.push({ id, value, created, updated: created, enabled: more.enabled !== false, more });
    this.#secrets.set(name.toLowerCase(), secret);
    return id;
  }

  /** The `n`th version, counted from 1. */
  setEnabled(name: string, n: number, isEnabled: boolean): void {
    const version = this.#secrets.get(name.toLowerCase())?.versions[n - 1];
    if (version === undefined) throw new TypeError('there is no such version');
    version.enabled = isEnabled;
  }

  /** Deletes the secret with all of its versions, recoverably. */
  delete(name: string): void {
    const secret = this.#secrets.get(name.toLowerCase());
    if (secret === undefined) throw new TypeError('there is no such secret');
    secret.isDeleted = true;
  }

  find(name: string): FakeSecret | undefined {
    const secret = this.#secrets.get(name.toLowerCase());
    return secret?.isDeleted === false ? secret : undefined;
  }

  /** In an order that is not that of their names. */
  all(): readonly FakeSecret[] {
    const key = ({ name }: FakeSecret): string => createHash('md5').update(name).digest('hex');
    return [...this.#secrets.values()].filter(({ isDeleted }) => !isDeleted).sort((a, b) => (key(a) < key(b) ? -1 : 1));
  }
}

/** The version that is served when none is named. */
export function newestOf({ versions }: FakeSecret): FakeVersion {
  const newest = versions.toSorted((a, b) => b.created - a.created)[0];
  if (newest === undefined) throw new TypeError('a secret has a version');
  return newest;
}
