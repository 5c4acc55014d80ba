import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { ConfigurationError } from '../../src/core/errors/configuration-error.ts';
import { readTlsFiles, tlsProblem } from '../../src/transport/tls-options.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';

test('the files are read', async (t) => {
  const { cert, key } = await makeCertificate(t.testdir(), 'a', 'DNS:a');
  t.match(await readTlsFiles({ ca: cert, cert, key }), { ca: /BEGIN CERT/, cert: /BEGIN CERT/, key: /PRIVATE KEY/ });
  t.same(await readTlsFiles({}), {});
});

test('a file that is missing or holds something else is named by its option', async (t) => {
  const folder = t.testdir();
  const { cert, key } = await makeCertificate(folder, 'a', 'DNS:a');
  const other = await makeCertificate(folder, 'b', 'DNS:b');
  const garbage = join(folder, 'garbage');
  await writeFile(garbage, 'key-canary');
  const rejects = async (files: object, option: string): Promise<void> => {
    const error: unknown = await readTlsFiles(files).catch((reason: unknown) => reason);
    t.ok(error instanceof ConfigurationError && error.message.startsWith(`'tls.${option}'`), String(error));
    t.notMatch(String(error), 'key-canary');
  };
  await rejects({ ca: join(folder, 'nothing') }, 'ca');
  await rejects({ ca: garbage }, 'ca');
  await rejects({ ca: key }, 'ca');
  await rejects({ cert, key: garbage }, 'cert');
  await rejects({ cert, key: other.key }, 'cert');
});

test('a certificate needs its key', (t) => {
  t.match(tlsProblem({ cert: 'a' }), /both/);
  t.match(tlsProblem({ key: 'a' }), /both/);
  t.equal(tlsProblem({ ca: 'a' }), undefined);
  t.equal(tlsProblem({ cert: 'a', key: 'b' }), undefined);
  t.end();
});
