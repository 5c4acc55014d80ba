import { envelope, mountInfo, notFound, refusal, type FakeAnswer } from './fake-vault-kv.ts';
import type { Fault } from './fake-vault.ts';

/** What is asked of an engine besides KV version 2. */
type Request = Parameters<Fault>[0];

export interface FakeLease {
  readonly path: string;
  /** Seconds that the next renewal gives. */
  renewal: number;
}

/**
 * Engines beside the fake's own `secret/`: KV version 1 at `old/`, a database at `database/` whose role `app` lends for
 * an hour, and leases. Serves by being the fake's `fault`.
 */
export class FakeVaultEngines {
  /** JSON text by path, in the mount `old`. */
  readonly old = new Map<string, string>();
  readonly leases = new Map<string, FakeLease>();
  /** Bodies of what was posted, by path. */
  readonly posted: (readonly [path: string, body: string])[] = [];
  #count = 0;

  readonly fault: Fault = (request) => {
    const { method, path, query } = request;
    if (method === 'POST' && path.startsWith('sys/leases/')) return this.#lease(request);
    if (path.startsWith('sys/internal/ui/mounts/old')) return mountInfo('old', 1);
    if (path.startsWith('old/')) return this.#old(path.slice('old/'.length), query.get('list') === 'true');
    return path.startsWith('database/') ? this.#database(request) : undefined;
  };

  #old(path: string, isList: boolean): FakeAnswer {
    if (!isList) {
      const data = this.old.get(path);
      return data === undefined
        ? notFound
        : lasting(envelope(data), Number(/"ttl":"(\d+)s"/.exec(data)?.[1] ?? 2764800));
    }
    const names = [...this.old.keys()].filter((name) => name.startsWith(path)).map((name) => name.slice(path.length));
    const keys = [...new Set(names.map((name) => name.replace(/\/.*$/, '/')))];
    return keys.length === 0 ? notFound : envelope(JSON.stringify({ keys }));
  }

  #database({ method, path, body }: Request): FakeAnswer {
    if (method === 'POST') {
      this.posted.push([path, body]);
      return path === 'database/rotate-role/app' ? { status: 204, text: '' } : refusal(400, 'no static role found');
    }
    if (path === 'database/creds/app') {
      const id = `database/creds/app/lease-${++this.#count}`;
      this.leases.set(id, { path, renewal: 3600 });
      const data = `{"password":"made-${this.#count}","username":"v-app-${this.#count}"}`;
      return lent(envelope(data), id, 3600);
    }
    if (path === 'database/static-creds/app')
      return envelope(`{"password":"fixed","ttl":${600 - this.#count++},"username":"app"}`);
    if (path === 'database/plain') return envelope('{"a":1}');
    if (path === 'database/nothing') return { status: 204, text: '' };
    return refusal(400, 'unknown role: none');
  }

  #lease({ path, body }: Request): FakeAnswer {
    this.posted.push([path, body]);
    const { lease_id: id } = JSON.parse(body);
    const lease = this.leases.get(id);
    if (path === 'sys/leases/revoke')
      return this.leases.delete(id) ? { status: 204, text: '' } : refusal(400, 'unknown');
    return lease === undefined ? refusal(400, 'lease not found') : lent(envelope('null'), id, lease.renewal);
  }
}

const lasting = ({ status, text }: FakeAnswer, seconds: number): FakeAnswer => ({
  status,
  text: text.replace('"lease_duration":0', `"lease_duration":${seconds}`),
});

const lent = (answer: FakeAnswer, id: string, seconds: number): FakeAnswer => {
  const { status, text } = lasting(answer, seconds);
  const named = text.replace('"lease_id":""', `"lease_id":${JSON.stringify(id)}`);
  return { status, text: named.replace('"renewable":false', '"renewable":true') };
};
