import { createServer } from 'node:https';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { test, type Test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import type { Answer } from '../../../src/providers/vault/answer.ts';
import { toInstanceError } from '../../../src/providers/vault/errors.ts';
import { createWire } from '../../../src/providers/vault/wire.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { startFakeVault, type FakeVault } from '../../fakes/fake-vault.ts';
import { refusal } from '../../fakes/fake-vault-kv.ts';
import { makeCertificate } from '../../fakes/make-certificate.ts';
import { fails, until } from './vault-rig.ts';

const { signal } = new AbortController();
const LAGGING = refusal(412, 'required index state not present');

interface Rig {
  readonly vault: FakeVault;
  readonly clock: FakeClock;
  readonly ask: (own?: AbortSignal) => Promise<Answer>;
}

async function startWire(t: Test): Promise<Rig> {
  const vault = await startFakeVault({ secrets: { a: '{"a":1}' }, token: 'given' });
  const http = createHttpClient({ maxResponseBytes: 10_000 });
  t.teardown(async () => {
    await http.close();
    await vault.close();
  });
  const clock = new FakeClock();
  const wire = createWire(http, { endpoint: new URL(vault.address), clock });
  const token = new Redacted('given');
  return { vault, clock, ask: (own = signal) => wire({ method: 'GET', path: 'secret/data/a', token }, own) };
}

test('a node that lags behind is asked again after 100 and 300 ms', async (t) => {
  const { vault, clock, ask } = await startWire(t);
  vault.fault = () => (vault.requests.length < 2 ? LAGGING : undefined);
  const work = ask();
  await until(() => vault.requests.length === 1 && clock.timers === 1);
  await clock.advance(99);
  t.equal(vault.requests.length, 1, 'not before');
  await clock.advance(1);
  await until(() => vault.requests.length === 2 && clock.timers === 1);
  await clock.advance(300);
  t.equal((await work).status, 200);
});

test('a node that goes on lagging is not asked a fourth time', async (t) => {
  const { vault, clock, ask } = await startWire(t);
  vault.fault = () => LAGGING;
  const work = ask();
  for (const [count, ms] of [
    [1, 100],
    [2, 300],
  ] as const) {
    await until(() => vault.requests.length === count && clock.timers === 1);
    await clock.advance(ms);
  }
  t.match(toInstanceError(await work), { code: 'ProviderUnavailable', message: /not caught up/ });
  t.equal(vault.requests.length, 3);
});

test('the pause ends with the call', async (t) => {
  const { vault, clock, ask } = await startWire(t);
  vault.fault = () => LAGGING;
  const abort = new AbortController();
  const work = ask(abort.signal);
  await until(() => vault.requests.length === 1 && clock.timers === 1);
  abort.abort();
  await fails(t, work, 'NetworkError/Timeout');
  t.equal(clock.timers, 0);
});

test('a redirect from https to http is not followed', async (t) => {
  const files = await makeCertificate(t.testdir(), 'localhost', 'IP:127.0.0.1');
  const plain = await startFakeVault();
  const server = createServer(
    { cert: await readFile(files.cert), key: await readFile(files.key) },
    (request, response) => void response.writeHead(307, { location: plain.address + request.url }).end(),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = createHttpClient({ tls: { ca: files.cert }, maxResponseBytes: 1_000 });
  t.teardown(async () => {
    await http.close();
    await plain.close();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const wire = createWire(http, { endpoint: new URL(`https://127.0.0.1:${port}`), clock: new FakeClock() });
  const answer = await wire({ method: 'GET', path: 'secret/data/a' }, signal);
  t.equal(answer.status, 307);
  t.equal(plain.requests.length, 0);
});

test('a call may name a namespace of its own', async (t) => {
  const vault = await startFakeVault({ namespace: 'team-b' });
  const http = createHttpClient({ maxResponseBytes: 10_000 });
  t.teardown(async () => {
    await http.close();
    await vault.close();
  });
  const wire = createWire(http, { endpoint: new URL(vault.address), namespace: 'team-a', clock: new FakeClock() });
  t.equal((await wire({ method: 'GET', path: 'secret/data/a' }, signal)).status, 404);
  t.equal((await wire({ method: 'GET', path: 'secret/data/a', namespace: 'team-b' }, signal)).status, 403);
  t.same(
    vault.requests.map(({ namespace }) => namespace),
    ['team-a/', 'team-b/'],
  );
});
