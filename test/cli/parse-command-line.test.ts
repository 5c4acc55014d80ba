import { test } from 'tap';
import { parseCommandLine } from '../../src/cli/parse-command-line.ts';

const shape = {
  options: { key: { type: 'string' }, json: { type: 'boolean' } },
  positionals: ['PATH'],
} as const;

test('values and positionals, in any order', async (t) => {
  const { values, positionals } = parseCommandLine(['--json', 'a', '--key=b'], shape);
  t.strictSame({ ...values }, { json: true, key: 'b' });
  t.strictSame(positionals, ['a']);
  t.strictSame(parseCommandLine(['--', '-weird'], shape).positionals, ['-weird']);
});

test('every wrong use is a usage error that says what', async (t) => {
  const wrong: readonly (readonly [readonly string[], string])[] = [
    [['--kee=secret'], "unknown option '--kee'; did you mean '--key'?"],
    [['--zzzzzz'], "unknown option '--zzzzzz'"],
    [['-k'], "unknown option '-k'"],
    [['--toString'], "unknown option '--toString'"],
    [['--json=yes'], "option '--json' does not take an argument"],
    [['--key'], "option '--key <value>' argument missing"],
    [['--key', '--json'], "option '--key' argument is ambiguous"],
    [['a', 'b'], "unexpected argument 'b'"],
  ];
  for (const [args, message] of wrong) t.throws(() => parseCommandLine(args, shape), { name: 'UsageError', message });
});
