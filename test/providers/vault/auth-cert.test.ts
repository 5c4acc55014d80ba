import { test } from 'tap';
import { createCertAuth } from '../../../src/providers/vault/auth-cert.ts';
import type { Ask } from '../../../src/providers/vault/wire.ts';
import { toAnswer } from '../../../src/providers/vault/answer.ts';
import type { HttpClient } from '../../../src/transport/http-client.ts';

const { signal } = new AbortController();
const GRANT = '{"request_id":"1","data":null,"auth":{"client_token":"t","lease_duration":60,"renewable":true}}';

/** A login whose connections and calls are written down. */
function create(name: string | undefined, { status, text }: { readonly status: number; readonly text: string }) {
  const seen: string[] = [];
  const http: HttpClient = {
    open: async () => undefined,
    send: () => Promise.reject(new TypeError('not used')),
    close: async () => void seen.push('closed'),
  };
  const method = createCertAuth(
    { method: 'cert', mount: 'ci/cert', ...(name !== undefined && { name }) },
    {
      connect: () => (seen.push('connected'), http),
      toWire: () => async (ask: Ask) => {
        seen.push(`${ask.method} ${ask.path} ${ask.body}`);
        return toAnswer({ status, headers: new Map(), text }, 0);
      },
    },
  );
  return { seen, login: async () => method.login(await method.readCredentials(), signal) };
}

test('each login has a connection of its own', async (t) => {
  const { seen, login } = create('web', { status: 200, text: GRANT });
  t.match(await login(), { leaseMs: 60_000, renewable: true });
  await login();
  const once = ['connected', 'POST auth/ci/cert/login {"name":"web"}', 'closed'];
  t.same(seen, [...once, ...once]);
});

test('a login that is refused closes its connection, too', async (t) => {
  const { seen, login } = create(undefined, {
    status: 400,
    text: '{"errors":["invalid certificate or no client certificate supplied"]}',
  });
  await t.rejects(login(), { code: 'InvalidCredentials', message: /does not trust the client certificate/ });
  t.same(seen, ['connected', 'POST auth/ci/cert/login {}', 'closed']);
});
