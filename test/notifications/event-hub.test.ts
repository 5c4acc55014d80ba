import { test } from 'tap';
import type { SecretEvent } from '../../src/core/secret-event.ts';
import { EventHub } from '../../src/notifications/event-hub.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const rotated = { type: 'rotated', provider: 'vault', path: 'a', version: '2', previousVersion: '1' } as const;
const stale = { type: 'stale', provider: 'vault' } as const;

function setUp() {
  const clock = new FakeClock();
  const hub = new EventHub(clock);
  const heard: SecretEvent[] = [];
  const end = hub.subscribe((event) => heard.push(event));
  return { clock, hub, heard, end };
}

test('listeners are told, with the time, until they end it', async (t) => {
  const { hub, heard, end } = setUp();
  hub.publish(rotated);
  t.match(heard, [{ ...rotated, id: /^[0-9a-f]{32}$/, at: new Date('2026-01-01T00:00:00Z') }]);
  end();
  hub.publish(rotated);
  t.equal(heard.length, 1);
});

test('a change has one id wherever and whenever it is noticed', async (t) => {
  const [here, there] = [setUp(), setUp()];
  await there.clock.advance(60_000);
  for (const { hub } of [here, there]) hub.publish(rotated);
  t.equal(here.heard[0]?.id, there.heard[0]?.id);
});

test('what differs has another id', async (t) => {
  const { clock, hub, heard } = setUp();
  hub.publish(rotated);
  for (const more of [{ provider: 'aws' }, { path: 'b' }, { version: '3' }, { previousVersion: '0' }])
    hub.publish({ ...rotated, ...more });
  hub.publish({ type: 'deleted', provider: 'vault', path: 'a', previousVersion: '2' });
  hub.publish(stale);
  await clock.advance(1);
  hub.publish(stale);
  hub.publish({ ...stale, type: 'recovered' });
  t.equal(new Set(heard.map(({ id }) => id)).size, heard.length, 'a provider fails more than once');
});

test('what happened since is remembered, the last thousand of it', async (t) => {
  const { hub, heard } = setUp();
  for (let version = 0; version < 1_500; version++) hub.publish({ ...rotated, version: String(version) });
  const idOf = (index: number): string => heard[index]?.id ?? '';
  t.strictSame(hub.since(hub.find(idOf(1_497))), heard.slice(1_498));
  t.strictSame(hub.since(hub.find(idOf(1_499))), []);
  t.strictSame(hub.since(hub.find(idOf(499))), heard.slice(500), 'forgotten: everything that is remembered');
  t.strictSame(hub.since(hub.find('unknown')), heard.slice(500));
});
