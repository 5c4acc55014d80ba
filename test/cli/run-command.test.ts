import { test } from 'tap';
import { CommandFailure } from '../../src/cli/command-failure.ts';
import { runCommand } from '../../src/cli/run-command.ts';
import { UsageError } from '../../src/cli/usage-error.ts';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import { FakeIo } from './fake-io.ts';

const usage = 'keyfob x';

test('each kind of failure has its exit code', async (t) => {
  const kinds: readonly (readonly [Error, number, string])[] = [
    [new UsageError('wrong'), 2, 'keyfob: wrong\nusage: keyfob x\n'],
    [new CommandFailure('failed'), 1, 'keyfob: failed\n'],
    [new ConfigurationError('MissingEndpoint', 'bad'), 2, 'keyfob: bad\n'],
  ];
  for (const [error, exit, message] of kinds) {
    const io = new FakeIo({});
    t.equal(await runCommand({ args: [], io, usage }, () => Promise.reject(error)), exit);
    t.equal(io.err, message);
    t.equal(io.out, '');
  }
});

test('a bug is thrown on', async (t) => {
  const io = new FakeIo({});
  await t.rejects(
    runCommand({ args: [], io, usage }, () => Promise.reject(new TypeError('bug'))),
    { message: 'bug' },
  );
});

test('help is answered without running, but not after two dashes', async (t) => {
  for (const args of [['--help'], ['a', '-h']]) {
    const io = new FakeIo({});
    t.equal(await runCommand({ args, io, usage }, async () => 1), 0);
    t.equal(io.out, 'usage: keyfob x\n');
  }
  t.equal(await runCommand({ args: ['--', '--help'], io: new FakeIo({}), usage }, async () => 1), 1);
});
