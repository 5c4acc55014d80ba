import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { findConfigFile, readConfigFile } from '../../src/config/read-config-file.ts';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';

test('the option comes first, then the variable, then the usual place', async (t) => {
  const env = { KEYFOB_CONFIG: '/env.yaml' };
  t.strictSame(findConfigFile({ flag: '/flag.yaml', env }), { file: '/flag.yaml', isNamed: true });
  t.strictSame(findConfigFile({ flag: undefined, env }), { file: '/env.yaml', isNamed: true });
  t.strictSame(findConfigFile({ env: { KEYFOB_CONFIG: '' } }), { file: '/etc/keyfob/keyfob.yaml', isNamed: false });
  t.strictSame(findConfigFile({ env: {} }), { file: '/etc/keyfob/keyfob.yaml', isNamed: false });
});

test('reads the text', async (t) => {
  const file = join(t.testdir({ 'keyfob.yaml': 'listen: [é]\n' }), 'keyfob.yaml');
  t.strictSame(await readConfigFile({ file, isNamed: true }), { text: 'listen: [é]\n', file });
});

test('no file anywhere: the message shows both ways out', async (t) => {
  const file = join(t.testdir(), 'usual.yaml');
  const message = `no configuration: there is no '${file}'; name one with '--config FILE' or 'KEYFOB_CONFIG', or serve a file of secrets with '--local FILE'`;
  await t.rejects(readConfigFile({ file, isNamed: false }), { name: 'ConfigurationError', message });
});

test('a file that was named and cannot be used', async (t) => {
  const folder = t.testdir();
  const at = (name: string): string => join(folder, name);
  await writeFile(at('latin1.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]));
  await writeFile(at('huge.yaml'), Buffer.alloc(4_194_305, 0x20));
  await mkdir(at('folder'));
  const messages = new Map([
    ['gone.yaml', `there is no configuration file '${at('gone.yaml')}'`],
    ['latin1.yaml', `${at('latin1.yaml')}: the file is not UTF-8`],
    ['huge.yaml', `${at('huge.yaml')}: the file is larger than 1 MiB`],
    ['folder', `the configuration file '${at('folder')}' cannot be read (EISDIR)`],
  ]);
  for (const [name, message] of messages) {
    const refused = await t.rejects(readConfigFile({ file: at(name), isNamed: true }), { message });
    t.ok(refused instanceof ConfigurationError);
  }
});
