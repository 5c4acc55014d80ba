import { test } from 'tap';
import { createCallers } from '../../src/access/create-callers.ts';
import { JwtCallers } from '../../src/access/jwt-callers.ts';
import { TokenCallers } from '../../src/access/token-callers.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

function setUp() {
  let opened = 0;
  const tools = {
    clock: new FakeClock(),
    log: new RecordingLog(),
    openKeySource: () => {
      opened++;
      return { intervalMs: 1_000, read: async () => 'no key set', close: async () => undefined };
    },
    onKeysRead: () => undefined,
  };
  return { tools, opened: () => opened };
}

const jwt = { issuer: 'i', audience: ['a'], algorithms: ['RS256'] };

test('in open mode everyone is anonymous, whatever is shown', async (t) => {
  const { tools, opened } = setUp();
  const callers = createCallers({ mode: 'open', callers: [], jwt }, tools);
  await callers.start();
  for (const shown of [undefined, '', 'Bearer x']) t.strictSame(callers.identify(shown), { caller: 'anonymous' });
  await callers.close();
  t.equal(opened(), 0);
});

test('each mode has its own', async (t) => {
  const { tools, opened } = setUp();
  t.type(createCallers({ mode: 'token', callers: [], jwt }, tools), TokenCallers);
  t.equal(opened(), 0);
  t.type(createCallers({ mode: 'jwt', callers: [], jwt }, tools), JwtCallers);
  t.equal(opened(), 1);
  t.throws(() => createCallers({ mode: 'jwt', callers: [] }, tools), TypeError);
});

test('keys of a file have to be there at the start, those of a server may come', async (t) => {
  const { tools } = setUp();
  await t.rejects(createCallers({ mode: 'jwt', callers: [], jwt }, tools).start(), { code: 'MissingEndpoint' });
  await t.resolves(createCallers({ mode: 'jwt', callers: [], jwt: { ...jwt, jwksUri: 'https://k' } }, tools).start());
});
