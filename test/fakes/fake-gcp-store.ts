import { crc32c } from './fake-gcp-crc32c.ts';

export type FakeState = 'ENABLED' | 'DISABLED' | 'DESTROYED';

export interface FakeVersion {
  readonly number: number;
  readonly createTime: string;
  state: FakeState;
  data: Buffer | undefined;
}

export interface FakeSecret {
  readonly id: string;
  readonly createTime: string;
  readonly versions: FakeVersion[];
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
  aliases: Readonly<Record<string, number>>;
  topics: readonly string[];
  rotation: Readonly<Record<string, unknown>> | undefined;
}

const ID = /^[A-Za-z0-9_-]{1,255}$/;
const MAX_BYTES = 64 * 1024;
const STATES: readonly FakeState[] = ['ENABLED', 'DISABLED', 'DESTROYED'];

/** The secrets of a project, with the rules of the cloud for what it takes. */
export class FakeGcpStore {
  readonly secrets = new Map<string, FakeSecret>();
  #created = 0;

  /** Newest first, as the cloud lists them. */
  newestFirst(): readonly FakeSecret[] {
    return [...this.secrets.values()].toReversed();
  }

  create(id: string): FakeSecret {
    if (!ID.test(id)) throw new Error(`Resource ID [${id}] is not in a valid format.`);
    if (this.secrets.has(id)) throw new Error(`Secret [${id}] already exists.`);
    const secret: FakeSecret = {
      id,
      createTime: this.#time(),
      versions: [],
      labels: {},
      annotations: {},
      aliases: {},
      topics: [],
      rotation: undefined,
    };
    this.secrets.set(id, secret);
    return secret;
  }

  /** Makes the secret when there is none. @returns the number of the last version. */
  add(id: string, ...values: readonly (string | Uint8Array)[]): number {
    const { versions } = this.secrets.get(id) ?? this.create(id);
    for (const value of values) {
      const data = Buffer.from(value);
      if (data.length === 0 || data.length > MAX_BYTES) throw new Error('the payload must have 1 to 65536 bytes');
      versions.push({ number: versions.length + 1, createTime: this.#time(), state: 'ENABLED', data });
    }
    return versions.length;
  }

  setState(id: string, number: number, state: FakeState): void {
    const version = this.secrets.get(id)?.versions[number - 1];
    if (version === undefined || version.state === 'DESTROYED') throw new Error('no such version to change');
    version.state = state;
    if (state === 'DESTROYED') version.data = undefined;
  }

  /** The version that a name leads to: a number, an alias or `latest`, which is the newest whatever its state. */
  find({ versions, aliases }: FakeSecret, name: string): FakeVersion | undefined {
    if (name === 'latest') return versions.at(-1);
    const number = /^[1-9]\d*$/.test(name) ? Number(name) : Object.hasOwn(aliases, name) ? aliases[name] : undefined;
    return number === undefined ? undefined : versions[number - 1];
  }

  // Nanoseconds, each time another.
  #time(): string {
    return `2026-01-02T03:04:05.${String(++this.#created).padStart(9, '0')}Z`;
  }
}

/** The JSON of a secret, names by the project's number. */
export function secretBody(name: string, secret: FakeSecret): Readonly<Record<string, unknown>> {
  const { createTime, labels, annotations, aliases, topics, rotation } = secret;
  const versionAliases = Object.fromEntries(Object.entries(aliases).map(([alias, number]) => [alias, String(number)]));
  return {
    name,
    replication: { automatic: {} },
    createTime,
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
    ...(Object.keys(aliases).length > 0 && { versionAliases }),
    ...(topics.length > 0 && { topics: topics.map((topic) => ({ name: topic })) }),
    ...(rotation !== undefined && { rotation }),
    etag: '"15e1b1c2d3a4f5"',
  };
}

/** The JSON of a version. @param enumsAsNumbers as `$alt=json;enum-encoding=int` asks for. */
export function versionBody(
  name: string,
  version: FakeVersion,
  enumsAsNumbers: boolean,
): Readonly<Record<string, unknown>> {
  const { createTime, state } = version;
  return {
    name,
    createTime,
    ...(state === 'DESTROYED' && { destroyTime: '2026-02-03T04:05:06.000000007Z' }),
    state: enumsAsNumbers ? STATES.indexOf(state) + 1 : state,
    replicationStatus: { automatic: {} },
    etag: '"15e1b1c2d3a4f6"',
  };
}

/** The JSON of a payload. */
export const payloadBody = (data: Buffer): { readonly data: string; readonly dataCrc32c: string } => ({
  data: data.toString('base64'),
  dataCrc32c: String(crc32c(data)),
});
