import { once } from 'node:events';
import { createServer, get, IncomingMessage, type Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { type Test, test } from 'tap';
import type { WatchRequest } from '../../src/client/watcher.ts';
import type { SecretEvent } from '../../src/core/secret-event.ts';
import { Watches } from '../../src/http/watches.ts';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { context } from '../client/client-rig.ts';
import { until } from '../e2e/until.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const request: WatchRequest = { path: 'a', context };
const rotated = { type: 'rotated', provider: 'vault', path: 'a', version: '2', previousVersion: '1' } as const;

/** A client that allows everything until it is told otherwise. */
class FakeWatcher {
  readonly touched: WatchRequest[] = [];
  isAllowed: (request: WatchRequest) => boolean = () => true;
  concerns = (_request: WatchRequest, { path }: SecretEvent): boolean => path !== 'other';
  concernsInTime: (request: WatchRequest, event: SecretEvent) => boolean | Promise<boolean> = (request, event) =>
    this.concerns(request, event);

  async touch(touched: WatchRequest): Promise<void> {
    this.touched.push(touched);
  }
}

async function setUp(t: Test) {
  const [clock, watcher] = [new FakeClock(), new FakeWatcher()];
  const events = new EventHub(clock);
  const watches = new Watches({ events, clock, watcher: () => watcher });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const watch = async (more: { request?: WatchRequest; lastEventId?: string } = {}) => {
    const { request: wanted = { ...request }, ...rest } = more;
    server.once('request', (_, response) => watches.open({ request: wanted, response, ...rest }));
    return read(server);
  };
  return { clock, watcher, events, watches, watch };
}

async function read(server: Server) {
  const address = server.address();
  const sent = get({ port: typeof address === 'object' ? address?.port : 0, host: '127.0.0.1', agent: false });
  const [message]: IncomingMessage[] = await once(sent, 'response');
  let text = '';
  let isClosed = false;
  message?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  message?.on('error', () => undefined).on('close', () => (isClosed = true));
  const until_ = (what: string, isThere: () => boolean) => until(what, () => isThere() || undefined);
  return {
    text: () => text,
    has: (part: string, times = 1) => until_(part, () => text.split(part).length > times),
    closed: () => until_('it is closed', () => isClosed),
    leave: () => message?.destroy(),
  };
}

test('tells of what concerns it, with a heartbeat every 15 seconds that keeps the secret in use', async (t) => {
  const { clock, watcher, events, watch } = await setUp(t);
  const reader = await watch();
  await reader.has(': heartbeat\n\n');
  t.strictSame(watcher.touched, [request], 'at the start, too');
  events.publish({ ...rotated, path: 'other' });
  events.publish(rotated);
  await reader.has('event: rotated\n');
  t.notMatch(reader.text(), 'other');
  await clock.advance(14_999);
  t.equal(watcher.touched.length, 1);
  await clock.advance(1);
  await reader.has(': heartbeat\n\n', 2);
  t.strictSame(watcher.touched, [request, request]);
});

test('what happened since the last event goes first, if it concerns it', async (t) => {
  const { clock, events, watch } = await setUp(t);
  const ids: string[] = [];
  events.subscribe(({ id }) => ids.push(id));
  for (const version of ['2', '3', '4']) events.publish({ ...rotated, version });
  events.publish({ ...rotated, path: 'other' });
  const [all, some, fresh] = [
    await watch({ lastEventId: 'unknown' }),
    await watch({ lastEventId: ids[0] ?? '' }),
    await watch(),
  ];
  for (const reader of [all, some, fresh]) await reader.has(': heartbeat\n\n');
  const versions = (text: string) => [...text.matchAll(/"version":"(\d)"/g)].map(([, version]) => version);
  t.strictSame(versions(all.text()), ['2', '3', '4']);
  t.strictSame(versions(some.text()), ['3', '4']);
  t.strictSame(versions(fresh.text()), []);
  await clock.advance(0);
});

test('the id of an event that a reader may not see is as good as one that nobody knows', async (t) => {
  const { events, watch } = await setUp(t);
  const ids: string[] = [];
  events.subscribe(({ id }) => ids.push(id));
  events.publish(rotated);
  events.publish({ ...rotated, path: 'other' });
  events.publish({ ...rotated, version: '3' });
  const [guessed, unknown] = [await watch({ lastEventId: ids[1] ?? '' }), await watch({ lastEventId: 'unknown' })];
  for (const reader of [guessed, unknown]) await reader.has(': heartbeat\n\n');
  t.equal(guessed.text(), unknown.text(), 'so that a guess tells nothing of the secret');
  t.match(guessed.text(), /"version":"2"[^]*"version":"3"/);
});

test('the tags that tell whether a reader has seen an event are looked up first', async (t) => {
  const { events, watches, watcher } = await setUp(t);
  const ids: string[] = [];
  events.subscribe(({ id }) => ids.push(id));
  for (const version of ['2', '3', '4']) events.publish({ ...rotated, version });
  const asked: unknown[] = [];
  const known = new Set<SecretEvent>();
  watcher.concerns = (_request, event) => known.has(event);
  watcher.concernsInTime = async (_request, event) => {
    asked.push(event.version);
    known.add(event);
    return true;
  };
  await watches.prepare(request, ids[1]);
  t.strictSame(asked, ['3', '4']);
});

test('a reader that leaves leaves nothing behind', async (t) => {
  const { clock, watches, watch } = await setUp(t);
  const reader = await watch();
  t.equal(clock.timers, 2);
  reader.leave();
  await until('its timers are gone', () => clock.timers === 0 || undefined);
  for (let count = 0; count < 300; count++) watches.assertRoom('anonymous');
});

test('a change of the configuration ends those that it does not allow', async (t) => {
  const { watcher, events, watches, watch } = await setUp(t);
  const [going, staying] = [await watch(), await watch({ request: { prefix: 'b', context } })];
  watcher.isAllowed = ({ path }) => path === undefined;
  watches.review();
  await going.closed();
  events.publish(rotated);
  await staying.has('rotated');
  watches.close();
  await staying.closed();
});

test('there is room for 256', async (t) => {
  const { watches, watch } = await setUp(t);
  const readers = [];
  for (let count = 0; count < 256; count++) {
    watches.assertRoom('anonymous');
    readers.push(await watch());
  }
  t.throws(() => watches.assertRoom('anonymous'), { code: 'Overloaded' });
  readers[0]?.leave();
  await until('there is room again', () => {
    try {
      watches.assertRoom('anonymous');
      return true;
    } catch {
      return undefined;
    }
  });
  watches.close();
});

test('one named caller leaves room for the others', async (t) => {
  const { watches, watch } = await setUp(t);
  const request = (): WatchRequest => ({ path: 'a', context: { ...context, caller: 'web' } });
  for (let count = 0; count < 64; count++) {
    watches.assertRoom('web');
    await watch({ request: request() });
  }
  t.throws(() => watches.assertRoom('web'), { code: 'CallerRateLimited' });
  t.doesNotThrow(() => watches.assertRoom('jobs'));
  t.doesNotThrow(() => watches.assertRoom('anonymous'));
  watches.close();
});

test('whoever may not watch any more is cut off within a second', async (t) => {
  const { clock, watcher, watch } = await setUp(t);
  const reader = await watch();
  await clock.advance(5_000);
  watcher.isAllowed = () => false;
  await clock.advance(1_000);
  await reader.closed();
  t.equal(clock.timers, 0);
});

test('what takes time to tell is told in its order, and what is not meant is not', async (t) => {
  const { watcher, events, watch } = await setUp(t);
  const verdicts = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
  let count = 0;
  watcher.concernsInTime = () => verdicts[count++]?.promise ?? true;
  const reader = await watch();
  for (const version of ['5', '6', '7']) events.publish({ ...rotated, version });
  verdicts[1]?.resolve(false);
  verdicts[0]?.resolve(true);
  await reader.has('"version":"7"');
  t.match(reader.text(), /"version":"5"[^]*"version":"7"/);
  t.notMatch(reader.text(), '"version":"6"');
  events.publish({ ...rotated, version: '8' });
  await reader.has('"version":"8"');
});

test('what is quick to tell does not overtake what is still waited for', async (t) => {
  const { watcher, events, watch } = await setUp(t);
  const verdicts = [Promise.withResolvers<boolean>(), Promise.withResolvers<boolean>()];
  let count = 0;
  watcher.concernsInTime = () => verdicts[count++]?.promise ?? true;
  const reader = await watch();
  for (const version of ['5', '6']) events.publish({ ...rotated, version });
  verdicts[0]?.resolve(true);
  await reader.has('"version":"5"');
  events.publish({ ...rotated, version: '7' });
  verdicts[1]?.resolve(true);
  await reader.has('"version":"7"');
  t.match(reader.text(), /"version":"5"[^]*"version":"6"[^]*"version":"7"/);
});

test('an unknown id makes nobody look for what it is about', async (t) => {
  const { watches, events } = await setUp(t);
  events.publish(rotated);
  await watches.prepare(request, 'unknown');
  await watches.prepare(request);
});

test('a reader that was gone before it began takes no room', async (t) => {
  const { clock, watches } = await setUp(t);
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  response.destroy();
  watches.open({ request, response });
  t.equal(clock.timers, 0);
});

test('one that has left is told nothing, and goes on being no more', async (t) => {
  const { clock, watcher, events, watch } = await setUp(t);
  const reader = await watch();
  reader.leave();
  await until('its timers are gone', () => clock.timers === 0 || undefined);
  watcher.concernsInTime = () => t.fail('it is asked about');
  events.publish(rotated);
});

test('those that stay are looked at each second, whoever leaves and comes', async (t) => {
  const { clock, watcher, watches, watch } = await setUp(t);
  const [leaving, staying] = [await watch(), await watch({ request: { prefix: 'b', context } })];
  leaving.leave();
  await until('its timer is gone', () => clock.timers === 2 || undefined);
  watcher.isAllowed = () => false;
  await clock.advance(1_000);
  await staying.closed();
  await until('all timers are gone', () => clock.timers === 0 || undefined);
  watcher.isAllowed = () => true;
  const later = await watch();
  watcher.isAllowed = () => false;
  await clock.advance(1_000);
  await later.closed();
  await until('all timers are gone again', () => clock.timers === 0 || undefined);
  watches.close();
  t.equal(clock.timers, 0);
});
