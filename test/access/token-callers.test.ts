import { rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { TokenCallers } from '../../src/access/token-callers.ts';
import type { CredentialSetting } from '../../src/core/credential-setting.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { until } from '../e2e/until.ts';

const [FIRST, SECOND, THIRD] = ['first-token-0123456', 'second-token-012345', 'third-token-0123456'];

function setUp(t: Test, texts: Readonly<Record<string, string>>) {
  const folder = t.testdir(texts);
  const [clock, log] = [new FakeClock(), new RecordingLog()];
  const file = (name: string): string => join(folder, name);
  const open = (settings: Readonly<Record<string, CredentialSetting>>): TokenCallers => {
    const callers = Object.entries(settings).map(([name, token]) => ({ name, token }));
    const opened = new TokenCallers({ callers: [...callers, { name: 'socket' }], clock, log });
    t.teardown(() => opened.close());
    return opened;
  };
  const callerOf = async (callers: TokenCallers, token: string): Promise<string | undefined> => {
    try {
      return (await callers.identify(`Bearer ${token}`)).caller;
    } catch {
      return undefined;
    }
  };
  // What a look finds depends on the disk, which takes its own time.
  const look = async (): Promise<void> => {
    await clock.advance(1_000);
    await until('it has looked', () => clock.timers > 0 || undefined);
  };
  return { folder, clock, log, file, open, callerOf, look };
}

test('all tokens of all callers, from files, the environment and the configuration', async (t) => {
  const { file, open, callerOf } = setUp(t, { web: `${FIRST}\r\n\n   ${SECOND}\t\n` });
  process.env['KEYFOB_TEST_TOKENS'] = `${THIRD}\n`;
  const callers = open({
    web: { file: file('web') },
    jobs: { env: 'KEYFOB_TEST_TOKENS' },
    fixed: 'a-literal-token-01',
  });
  await callers.start();
  t.same(await Promise.all([FIRST, SECOND, THIRD, 'a-literal-token-01'].map((token) => callerOf(callers, token))), [
    'web',
    'web',
    'jobs',
    'fixed',
  ]);
  for (const wrong of [FIRST.slice(1), `${FIRST}0`, FIRST.toUpperCase(), '__proto__', 'constructor', ''])
    t.equal(await callerOf(callers, wrong), undefined, wrong);
  await t.rejects(async () => callers.identify(`Bearer ${SECOND}x`), {
    code: 'NotAuthenticated',
    message: 'the token is not known',
  });
});

test('everything that is wrong at the start is said at once, and no token', async (t) => {
  const { file, open } = setUp(t, {
    short: 'short\n',
    empty: '\n \n',
    odd: `tökens-are-ascii-only\n${FIRST}\n`,
    same: `${FIRST}\n`,
    long: `${'x'.repeat(4097)}\n`,
  });
  const callers = open({
    short: { file: file('short') },
    empty: { file: file('empty') },
    gone: { file: file('gone') },
    odd: { file: file('odd') },
    same: { file: file('same') },
    long: { file: file('long') },
    unset: { env: 'KEYFOB_TEST_UNSET' },
    literal: 'literal-token-012345\nshort',
  });
  const error: Error = await callers.start().then(
    () => new Error('it started'),
    (thrown: Error) => thrown,
  );
  const lines = error.message.split('\n').map((line) => line.replaceAll(/'[^']*\//g, "'"));
  t.strictSame(lines, [
    "the tokens of the caller 'short' in the file 'short': line 1 is none: 16 to 4096 visible ASCII characters are needed",
    "the tokens of the caller 'empty' in the file 'empty' are missing",
    "the tokens of the caller 'gone' in the file 'gone' cannot be read",
    "the tokens of the caller 'odd' in the file 'odd': line 1 is none: 16 to 4096 visible ASCII characters are needed",
    "the tokens of the caller 'long' in the file 'long': line 1 is none: 16 to 4096 visible ASCII characters are needed",
    "the tokens of the caller 'unset' in the environment variable 'KEYFOB_TEST_UNSET' cannot be read",
    "the tokens of the caller 'literal' in the configuration: line 2 is none: 16 to 4096 visible ASCII characters are needed",
    "the callers 'odd' and 'same' share a token, which counts for none",
  ]);
  t.notMatch(error.message, FIRST);
});

test('one thing that is wrong is enough', async (t) => {
  const { file, open } = setUp(t, { web: FIRST, empty: '' });
  await t.rejects(open({ web: { file: file('web') }, empty: { file: file('empty') } }).start(), {
    code: 'MissingEndpoint',
  });
});

test('what is wrong with a file is said once, not every second', async (t) => {
  const { file, open, look, log } = setUp(t, { web: FIRST, jobs: SECOND });
  await open({ web: { file: file('web') }, jobs: { file: file('jobs') } }).start();
  writeFileSync(file('web'), `${FIRST}\nshort\n${SECOND}`);
  for (let time = 0; time < 3; time++) await look();
  t.match(log.lines, [{ message: /line 2 is none/ }, { message: /share a token/ }]);
  t.equal(log.lines.length, 2);
});

test('a change counts at the next look: added, taken away, replaced by a link', async (t) => {
  const { file, open, callerOf, look, log } = setUp(t, { web: FIRST, next: SECOND });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  const { credential } = await callers.identify(`Bearer ${FIRST}`);
  await look();
  t.ok(credential?.isValid());
  writeFileSync(file('web'), `${FIRST}\n${THIRD}`);
  await look();
  t.same(await Promise.all([FIRST, THIRD].map((token) => callerOf(callers, token))), ['web', 'web']);
  t.ok(credential?.isValid(), 'what stays is the same');
  unlinkSync(file('web'));
  symlinkSync(file('next'), file('web'));
  await look();
  t.same(await Promise.all([FIRST, SECOND, THIRD].map((token) => callerOf(callers, token))), [
    undefined,
    'web',
    undefined,
  ]);
  t.notOk(credential?.isValid());
  t.same(log.lines, []);
});

test('a file that is empty or gone for a moment changes nothing; twice in a row it ends every token', async (t) => {
  const { file, open, callerOf, look, log } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  writeFileSync(file('web'), '');
  await look();
  t.equal(await callerOf(callers, FIRST), 'web');
  writeFileSync(file('web'), SECOND);
  await look();
  t.same(await Promise.all([FIRST, SECOND].map((token) => callerOf(callers, token))), [undefined, 'web']);
  rmSync(file('web'));
  await look();
  t.equal(await callerOf(callers, SECOND), 'web');
  t.same(log.lines, []);
  await look();
  t.equal(await callerOf(callers, SECOND), undefined);
  t.match(log.lines, [{ level: 'error', message: /the tokens of the caller 'web' in the file '.*' cannot be read/ }]);
  writeFileSync(file('web'), THIRD);
  await look();
  t.equal(await callerOf(callers, THIRD), 'web', 'and it comes back');
});

test('a token that another caller takes counts for neither', async (t) => {
  const { file, open, callerOf, look, log } = setUp(t, { web: FIRST, jobs: SECOND });
  const callers = open({ web: { file: file('web') }, jobs: { file: file('jobs') } });
  await callers.start();
  writeFileSync(file('jobs'), `${FIRST}\n${SECOND}`);
  await look();
  t.same(await Promise.all([FIRST, SECOND].map((token) => callerOf(callers, token))), [undefined, 'jobs']);
  t.match(log.lines, [{ level: 'error', message: /'web' and 'jobs' share a token/ }]);
  writeFileSync(file('web'), THIRD);
  await look();
  t.equal(await callerOf(callers, FIRST), 'jobs');
});

test('after the close nobody is known', async (t) => {
  const { file, open, clock } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  const { credential } = await callers.identify(`Bearer ${FIRST}`);
  await callers.close();
  await callers.close();
  t.notOk(credential?.isValid());
  t.throws(() => callers.identify(`Bearer ${FIRST}`), { code: 'NotAuthenticated' });
  t.equal(clock.timers, 0);
});

test('a look that is under way when it is closed changes nothing', async (t) => {
  const { file, open, clock } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  writeFileSync(file('web'), SECOND);
  const looking = clock.advance(1_000);
  // It has begun as soon as its timer is gone, and what it asks of the disk takes longer than this.
  while (clock.timers > 0) await turn();
  const closing = callers.close();
  await Promise.all([looking, closing]);
  t.throws(() => callers.identify(`Bearer ${SECOND}`), { code: 'NotAuthenticated' });
  t.equal(clock.timers, 0);
});

test('what the header must be like', async (t) => {
  const { file, open } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  for (const good of [`Bearer ${FIRST}`, `bearer   ${FIRST}`, `BEARER ${FIRST}`])
    t.equal((await callers.identify(good)).caller, 'web');
  for (const bad of [
    '',
    'Bearer',
    FIRST,
    `Basic ${FIRST}`,
    `Bearer ${FIRST} ${FIRST}`,
    `Bearer\t${FIRST}`,
    `Bearer${FIRST}`,
    `x Bearer ${FIRST}`,
  ])
    t.throws(() => callers.identify(bad), { message: "the 'Authorization' header is not of the form 'Bearer …'" }, bad);
  t.throws(() => callers.identify(undefined), {
    code: 'NotAuthenticated',
    details: { challenge: 'Bearer realm="keyfob"' },
  });
});

test('the regular look finds what is as long as what was there', async (t) => {
  const { file, open, look } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  t.equal(THIRD.length, FIRST.length);
  writeFileSync(file('web'), THIRD);
  await look();
  t.match(callers.identify(`Bearer ${THIRD}`), { caller: 'web' }, 'without another look');
});

test('a token that came into its file a moment ago counts at once', async (t) => {
  const { file, open, callerOf, log, look } = setUp(t, { web: FIRST, jobs: THIRD });
  const callers = open({ web: { file: file('web') }, jobs: { file: file('jobs') } });
  await callers.start();
  const { credential } = await callers.identify(`Bearer ${FIRST}`);
  writeFileSync(file('web'), SECOND);
  t.same(await Promise.all([SECOND, SECOND, 'nobody-has-this-01'].map((token) => callerOf(callers, token))), [
    'web',
    'web',
    undefined,
  ]);
  t.notOk(credential?.isValid(), 'and one that is gone from it counts no more');
  t.equal(await callerOf(callers, THIRD), 'jobs');
  await look();
  t.same(log.lines, []);
});

test('tokens that nobody has make it look once a second, not more', async (t) => {
  const { file, open, callerOf, clock } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  t.equal(await callerOf(callers, THIRD), undefined);
  writeFileSync(file('web'), SECOND);
  t.throws(() => callers.identify(`Bearer ${SECOND}`), { message: 'the token is not known' }, 'at once');
  await clock.advance(999);
  t.throws(() => callers.identify(`Bearer ${SECOND}`), { message: 'the token is not known' });
});

test('who asks with a wrong token cannot end the others: a file that is empty for a moment stays so', async (t) => {
  const { file, open, callerOf, look } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  writeFileSync(file('web'), '');
  await look();
  t.equal(await callerOf(callers, THIRD), undefined, 'which makes it look between two looks');
  t.equal(await callerOf(callers, FIRST), 'web');
  rmSync(file('web'));
  writeFileSync(file('web'), SECOND);
  await look();
  t.equal(await callerOf(callers, SECOND), 'web');
});

test('what is wrong is told at the next look, though what is right of it counts before', async (t) => {
  const { file, open, callerOf, look, log } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  writeFileSync(file('web'), `${SECOND}\nshort`);
  t.equal(await callerOf(callers, SECOND), 'web');
  t.same(log.lines, []);
  await look();
  t.match(log.lines, [{ message: /line 2 is none/ }]);
});

test('a hurried look that is under way when it is closed changes nothing', async (t) => {
  const { file, open } = setUp(t, { web: FIRST });
  const callers = open({ web: { file: file('web') } });
  await callers.start();
  writeFileSync(file('web'), SECOND);
  const asked = Promise.resolve(callers.identify(`Bearer ${SECOND}`));
  await Promise.all([t.rejects(asked, { code: 'NotAuthenticated' }), callers.close()]);
  t.throws(() => callers.identify(`Bearer ${SECOND}`), { code: 'NotAuthenticated' });
});
