import { test } from 'tap';
import { heartbeat, toServerSentEvent } from '../../src/http/server-sent-event.ts';
import { rotation } from '../notifications/events.ts';

test('an event has its id, its type and its data', async (t) => {
  t.equal(
    toServerSentEvent(rotation('e1')),
    'id: e1\nevent: rotated\n' +
      'data: {"path":"a","provider":"vault","version":"2","previousVersion":"1","at":"2026-01-01T00:00:00.000Z"}\n\n',
  );
  const at = new Date('2026-01-01T00:00:00Z');
  t.equal(
    toServerSentEvent({ id: 'e2', type: 'stale', provider: 'vault', at }),
    'id: e2\nevent: stale\ndata: {"provider":"vault","at":"2026-01-01T00:00:00.000Z"}\n\n',
  );
});

test('nothing in a version ends the field', async (t) => {
  const lines = toServerSentEvent(rotation('e1', { version: 'a\r\n\ndata: b' })).split(/\r\n|\r|\n/);
  t.equal(lines.length, 5);
  t.match(JSON.parse(lines[2]?.slice('data: '.length) ?? ''), { version: 'a\r\n\ndata: b' });
});

test('a heartbeat is a comment', async (t) => {
  t.match(heartbeat, /^:.*\n\n$/);
});
