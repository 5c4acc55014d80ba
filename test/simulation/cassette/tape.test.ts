import { test } from 'tap';
import type { CallLine, CassetteLine } from '../../../src/simulation/cassette/cassette-line.ts';
import { Player, createEmptyProvider } from '../../../src/simulation/cassette/player.ts';
import { Recorder } from '../../../src/simulation/cassette/recorder.ts';
import { Tape } from '../../../src/simulation/cassette/tape.ts';
import { intercept } from '../../../src/simulation/intercept.ts';
import { NetworkError } from '../../../src/core/errors/network-error.ts';
import { ProviderError } from '../../../src/core/errors/provider-error.ts';
import { RequestError } from '../../../src/core/errors/request-error.ts';
import type { SecretProvider } from '../../../src/core/provider.ts';
import { current } from '../../../src/core/selector.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { FakeProvider } from '../../fakes/fake-provider.ts';
import { binarySecret, textSecret } from '../../fakes/secrets.ts';

const call = { signal: new AbortController().signal };
const at = (id: string) => ({ id, selector: current });
const toPath = (native: string): string => native;

function recording() {
  const [clock, store, lines] = [new FakeClock(), new FakeProvider(), [] as CassetteLine[]];
  const recorder = new Recorder({
    clock,
    write: (line) => lines.push(JSON.parse(JSON.stringify(line))),
    keep: (v) => v,
  });
  return { clock, store, lines, provider: intercept(store, { interceptor: recorder.before('files'), toPath }) };
}

function replay(lines: readonly CassetteLine[], match: 'key' | 'order' = 'key', hasLatencies = false) {
  const clock = new FakeClock();
  const tape = new Tape(lines, { file: 'day', match });
  const interceptor = new Player('files', { tape, clock, hasLatencies });
  const provider: SecretProvider = intercept(createEmptyProvider('files', 'vault'), { interceptor, toPath });
  return { tape, provider, clock };
}

test('what was answered is answered again, in its turn', async (t) => {
  const { store, lines, provider } = recording();
  const dates = { createdAt: new Date(0), updatedAt: new Date(1) };
  const metadata = { name: 'db', nextRotation: new Date(2), lastAccessed: new Date(3), tags: { createdAt: 'a tag' } };
  const first = textSecret('one', { ...dates, metadata, ttlMs: 5, warnings: ['expired'] });
  const answers = [first, binarySecret([0, 255])];
  store.onGet = () => answers.shift() ?? Promise.reject(new ProviderError('RateLimited', 'busy', { retryAfterMs: 9 }));
  await provider.get(at('db'), call);
  await provider.get(at('db'), call);
  await t.rejects(provider.get(at('db'), call));
  store.onVersions = () => ({ items: [{ version: '1', stages: [], createdAt: new Date(4), state: 'destroyed' }] });
  const versions = await provider.versions('db', { limit: 1 }, call);
  const player = replay(lines).provider;
  t.same(await player.get(at('db'), call), first);
  t.same((await player.get(at('db'), call)).value.expose(), Uint8Array.from([0, 255]));
  const busy = { code: 'RateLimited', message: 'busy', details: { retryAfterMs: 9 } };
  await t.rejects(player.get(at('db'), call), busy);
  await t.rejects(player.get(at('db'), call), busy, 'the last one again and again');
  t.same(await player.versions('db', { limit: 1 }, call), versions);
  t.same(await player.health(call), [], 'nobody asked');
});

test('places are where they were', async (t) => {
  const { store, lines, provider } = recording();
  store.toId = (path) => {
    if (path === 'bad') throw new RequestError('InvalidPath', 'no such name');
    return path.replaceAll('/', '--');
  };
  provider.locate('a/b', current);
  provider.locate('a/b', current);
  t.throws(() => provider.locate('bad', current));
  t.equal(lines.length, 2, 'each is written once');
  const player = replay(lines).provider;
  t.same(player.locate('a/b', current), at('a--b'));
  t.throws(() => player.locate('bad', current), { code: 'InvalidPath', message: 'no such name' });
  t.throws(() => player.locate('other', current), { code: 'NotRecorded' });
});

test('leases, scopes, failures of the network and latencies', async (t) => {
  const { store, lines, provider, clock } = recording();
  const renew = [() => Promise.resolve(7), () => Promise.reject(new NetworkError('Timeout', 'late'))];
  const lease = { durationMs: 5, isRenewable: true, renew: () => renew.shift()?.() ?? Promise.resolve(0) };
  store.onGet = () => textSecret('x', { lease: { ...lease, giveBack: () => Promise.resolve() } });
  const place = provider.within?.({ mount: 'm' });
  const lent = await place?.get(at('db'), call);
  await lent?.lease?.renew(call);
  await t.rejects(async () => lent?.lease?.renew(call));
  await lent?.lease?.giveBack(call);
  const held = store.hold();
  const slow = provider.get(at('slow'), call);
  await clock.advance(250);
  held.answer(textSecret('late'));
  await slow;
  const player = replay(lines);
  const timed = replay(lines, 'key', true);
  const again = await player.provider.within?.({ mount: 'm' }).get(at('db'), call);
  t.match(again?.lease, { durationMs: 5, isRenewable: true });
  t.equal(await again?.lease?.renew(call), 7);
  await t.rejects(async () => again?.lease?.renew(call), { code: 'Timeout' });
  t.equal(await again?.lease?.giveBack(call), undefined);
  await t.rejects(player.provider.get(at('db'), call), { code: 'NotRecorded' }, 'in that place only');
  let isThere = false;
  const answer = timed.provider.get(at('slow'), call).then(() => (isThere = true));
  await timed.clock.advance(249);
  t.notOk(isThere);
  await timed.clock.advance(1);
  await answer;
});

test('in order', async (t) => {
  const { lines, provider } = recording();
  for (const id of ['a', 'b', 'a']) await provider.get(at(id), call);
  const { provider: player, tape } = replay(lines, 'order');
  await player.get(at('a'), call);
  await t.rejects(player.get(at('a'), call), { message: /it goes on with 'files' and 'get' of 'b'/ });
  await player.get(at('b'), call);
  t.same(tape.unplayed(), ["'files' and 'get' of 'a'"]);
  await player.get(at('a'), call);
  t.same(tape.unplayed(), []);
  await t.rejects(player.get({ id: 'a', selector: { stage: 'x' } }, call), { message: /it has ended, .* at 'x'$/ });
});

test('what was never asked for', async (t) => {
  const { lines, provider } = recording();
  for (const id of ['a', 'b', 'a']) await provider.get(at(id), call);
  await provider.list({ prefix: 'p', tags: { b: '1', a: '2' }, limit: 1 }, call);
  await provider.health(call);
  const { provider: player, tape } = replay(lines);
  await player.get(at('a'), call);
  t.same(tape.unplayed(), ["'files' and 'get' of 'b'", "'files' and 'list' of 'p'"]);
  await player.list({ limit: 1, tags: { a: '2', b: '1' }, prefix: 'p' }, call);
  t.same(tape.unplayed(), ["'files' and 'get' of 'b'"]);
});

test('a mistake of ours is not recorded', async (t) => {
  const { store, lines, provider } = recording();
  store.failWith(new TypeError('a bug'));
  await t.rejects(provider.get(at('a'), call), TypeError);
  t.same(
    lines.filter((line): line is CallLine => line.kind === 'call'),
    [],
  );
});
