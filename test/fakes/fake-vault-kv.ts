/** An answer of the fake: a status and the text of the body. */
export interface FakeAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface FakeVersion {
  readonly data: string;
  deletionTime: string;
  destroyed: boolean;
}

interface FakeSecret {
  readonly versions: FakeVersion[];
  customMetadata: Readonly<Record<string, string>> | null;
}

export interface FakeVersionOptions {
  readonly tags?: Readonly<Record<string, string>>;
  /** RFC 3339; in the future when `delete_version_after` is set. */
  readonly deletionTime?: string;
}

export const notFound: FakeAnswer = { status: 404, text: '{"errors":[]}' };

/** An error in Vault's own shape. */
export const refusal = (status: number, ...errors: readonly string[]): FakeAnswer => ({
  status,
  text: JSON.stringify({ errors }),
});

/** Vault's envelope around `data` as JSON text. */
export const envelope = (data: string, status = 200): FakeAnswer => ({
  status,
  text: `{"request_id":"00000000-0000-0000-0000-000000000000","lease_id":"","renewable":false,"lease_duration":0,"data":${data},"wrap_info":null,"warnings":null,"auth":null}`,
});

/** `GET sys/internal/ui/mounts/<path>`, for a path at or below the mount. */
export const mountInfo = (mount: string, version: 1 | 2): FakeAnswer =>
  envelope(JSON.stringify({ path: `${mount}/`, type: 'kv', options: { version: String(version) } }));

/** The engine `kv`, version 2, which unlike the real one keeps the source text of numbers. */
export class FakeKv {
  readonly #secrets = new Map<string, FakeSecret>();

  /** Adds a version. `data` is JSON text. */
  write(path: string, data: string, options: FakeVersionOptions = {}): void {
    const secret = this.#secrets.get(path) ?? { versions: [], customMetadata: null };
    secret.versions.push({ data, deletionTime: options.deletionTime ?? '', destroyed: false });
    if (options.tags !== undefined) secret.customMetadata = options.tags;
    this.#secrets.set(path, secret);
  }

  delete(path: string, version: number): void {
    this.#version(path, version).deletionTime = '2020-01-02T03:04:05.678901234Z';
  }

  destroy(path: string, version: number): void {
    this.#version(path, version).destroyed = true;
  }

  /** `GET data/<path>` */
  read(path: string, version: string | null): FakeAnswer {
    const secret = this.#secrets.get(path);
    const number = Number(version ?? secret?.versions.length);
    const found = secret?.versions[number - 1];
    if (secret === undefined || found === undefined) return notFound;
    const isGone = found.destroyed || (found.deletionTime !== '' && Date.parse(found.deletionTime) < Date.UTC(2026));
    const metadata = JSON.stringify({
      ...row(found, number),
      custom_metadata: secret.customMetadata,
      version: number,
    });
    return envelope(`{"data":${isGone ? 'null' : found.data},"metadata":${metadata}}`, isGone ? 404 : 200);
  }

  /** `GET metadata/<path>` */
  metadata(path: string): FakeAnswer {
    const secret = this.#secrets.get(path);
    if (secret === undefined) return notFound;
    const count = secret.versions.length;
    return envelope(
      JSON.stringify({
        created_time: time(1),
        updated_time: time(count),
        current_version: count,
        oldest_version: 0,
        max_versions: 0,
        cas_required: false,
        delete_version_after: '0s',
        custom_metadata: secret.customMetadata,
        versions: Object.fromEntries(secret.versions.map((version, at) => [String(at + 1), row(version, at + 1)])),
      }),
    );
  }

  /** `LIST metadata/<folder>`, where the folder is empty or ends in a slash. */
  list(folder: string): FakeAnswer {
    const names = new Set<string>();
    for (const path of this.#secrets.keys())
      if (path.startsWith(folder)) names.add(path.slice(folder.length).replace(/\/.*$/, '/'));
    return names.size === 0 ? notFound : envelope(JSON.stringify({ keys: [...names].toSorted() }));
  }

  #version(path: string, version: number): FakeVersion {
    const found = this.#secrets.get(path)?.versions[version - 1];
    if (found === undefined) throw new TypeError('there is no such version to change');
    return found;
  }
}

const time = (n: number): string => `2025-06-01T00:00:0${n % 10}.123456789Z`;

const row = ({ deletionTime, destroyed }: FakeVersion, number: number): object => ({
  created_time: time(number),
  deletion_time: deletionTime,
  destroyed,
});
