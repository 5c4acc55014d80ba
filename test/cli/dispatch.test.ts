import { test } from 'tap';
import type { Command } from '../../src/cli/command-io.ts';
import { dispatch } from '../../src/cli/dispatch.ts';
import { readingCommands } from '../../src/cli/reading-commands.ts';
import { usage } from '../../src/cli/usage.ts';
import { FakeIo } from './fake-io.ts';

const echo: Command = async (args, io) => {
  io.stdout(args.join(' '));
  return 1;
};
const program = { version: '1.2.3', commands: new Map([...readingCommands({}), ['echo', echo] as const]) };

test('the command gets the arguments after its name, and its exit code counts', async (t) => {
  const io = new FakeIo({});
  t.equal(await dispatch(['echo', 'a', '--help'], io, program), 1);
  t.equal(io.out, 'a --help');
});

test('help and version go to standard output', async (t) => {
  for (const name of ['--help', '-h', 'help']) {
    const io = new FakeIo({});
    t.equal(await dispatch([name], io, program), 0);
    t.equal(io.out, usage);
    t.equal(io.err, '');
  }
  const io = new FakeIo({});
  t.equal(await dispatch(['--version'], io, program), 0);
  t.equal(io.out, '1.2.3\n');
});

test('no command is a wrong use', async (t) => {
  const io = new FakeIo({});
  t.equal(await dispatch([], io, program), 2);
  t.equal(io.err, usage);
  t.equal(io.out, '');
});

test('an unknown command or option is a wrong use, with the nearest one', async (t) => {
  const messages: readonly (readonly [string, string])[] = [
    ['gett', "keyfob: unknown command 'gett'; did you mean 'get'?\n"],
    ['toString', "keyfob: unknown command 'toString'; see 'keyfob --help'\n"],
    ['__proto__', "keyfob: unknown command '__proto__'; see 'keyfob --help'\n"],
    ['--verson', "keyfob: unknown option '--verson'; did you mean '--version'?\n"],
  ];
  for (const [name, message] of messages) {
    const io = new FakeIo({});
    t.equal(await dispatch([name], io, program), 2);
    t.equal(io.err, message);
  }
});

test('every reading command is in the general usage and has one of its own', async (t) => {
  for (const [name] of readingCommands({})) {
    const io = new FakeIo({});
    t.equal(await dispatch([name, '--help'], io, program), 0);
    t.match(io.out, new RegExp(`^usage: keyfob ${name}\\b.*\n$`));
    t.match(usage, new RegExp(`^  ${name} `, 'm'));
    t.ok(usage.includes(io.out.slice('usage: keyfob '.length).trimEnd()), `${name} is the same in both`);
  }
  for (const word of ['serve', 'check', '--version', '--help']) t.match(usage, new RegExp(`^  ${word} `, 'm'));
});

test('the contract is handed to its command', async (t) => {
  const io = new FakeIo({});
  t.equal(
    await dispatch(['openapi'], io, { version: '', commands: new Map(readingCommands({ openapi: '3.1.0' })) }),
    0,
  );
  t.strictSame(JSON.parse(io.out), { openapi: '3.1.0' });
});
