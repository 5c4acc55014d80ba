import { test } from 'tap';
import { assertSecretMemory } from '../src/process-secrecy.ts';

const refused = (execArgv: readonly string[], options?: string) => (): void =>
  assertSecretMemory({ execArgv, env: options === undefined ? {} : { NODE_OPTIONS: options } });

test('options that reveal the memory are refused, wherever they stand', async (t) => {
  for (const option of [
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '--inspect_port=1',
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=3',
    '--heap-prof',
    '--abort-on-uncaught-exception',
  ]) {
    const [name = ''] = option.split('=');
    t.throws(refused([option]), { category: 'ConfigurationError', message: `'${name}'` }, option);
    t.throws(refused([], `--max-old-space-size=64 "${option}"`), { message: `'${name}'` }, option);
  }
});

test('others are not', async (t) => {
  t.doesNotThrow(refused([]));
  t.doesNotThrow(
    refused(
      ['--max-old-space-size=64', '--disable-sigusr1'],
      '--enable-source-maps --import=x --report-uncaught-exception',
    ),
  );
  t.doesNotThrow(refused(['--heap-profile-is-not-an-option']));
});
