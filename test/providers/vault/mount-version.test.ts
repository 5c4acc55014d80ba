import { test, type Test } from 'tap';
import type { FakeAnswer } from '../../fakes/fake-vault-kv.ts';
import { envelope, notFound, refusal } from '../../fakes/fake-vault-kv.ts';
import { FakeVaultEngines } from '../../fakes/fake-vault-engines.ts';
import { call, fails, startRig, type VaultRig } from './vault-rig.ts';

const DETECTION = 'sys/internal/ui/mounts/';
const WRONG_PATH = {
  status: 404,
  text: envelope('null').text.replace('"warnings":null', '"warnings":["Invalid path for a versioned K/V secrets."]'),
};

/** A rig that finds out the version for itself, with answers of the test by the beginning of the path. */
async function startDetecting(t: Test, answers: Readonly<Record<string, FakeAnswer>> = {}, mount = 'secret') {
  const rig = await startRig(t, { kvVersion: undefined, mount });
  rig.vault.fault = ({ path }) => Object.entries(answers).find(([start]) => path.startsWith(start))?.[1];
  return rig;
}

const detections = (rig: VaultRig): number => rig.vault.count(DETECTION);

test('the version is found out once for all who wait, and remembered', async (t) => {
  const rig = await startDetecting(t);
  const before = rig.identityCalls.length;
  await Promise.all([rig.get('app/db'), rig.get('app/db'), rig.provider.describe('app/db', call)]);
  await rig.get('app/db');
  t.equal(detections(rig), 1);
  t.same(rig.identityCalls.slice(before), ['success'], 'counted as a call for our identity');
});

test('each version as Vault tells it', async (t) => {
  const engines = new FakeVaultEngines();
  engines.old.set('app', '{"a":1}');
  const first = await startDetecting(t, {}, 'old');
  first.vault.fault = engines.fault;
  t.equal(await first.text('app'), '{"a":1}');
  for (const options of ['null', '{}', '{"version":"1"}']) {
    const told = envelope(`{"path":"secret/","type":"kv","options":${options}}`);
    const rig = await startDetecting(t, { [DETECTION]: told, 'secret/app': envelope('{"a":2}') });
    t.equal(await rig.text('app'), '{"a":2}', options);
  }
  const beside = `{"request_id":"r","data":null,"path":"secret/","type":"kv","options":{"version":"2"}}`;
  const rig = await startDetecting(t, { [DETECTION]: { status: 200, text: beside } });
  t.equal(await rig.text('app/db'), '{"a":1}', 'beside the data');
});

test('what is no KV engine, or is mounted elsewhere, is said', async (t) => {
  const database = envelope('{"path":"secret/","type":"database","options":null}');
  const rig = await startDetecting(t, { [DETECTION]: database });
  const error = await fails(t, rig.get('app/db'), 'ConfigurationError/InvalidProvider');
  t.match(error.message, /'secret' is no KV engine/);
  const longer = await startDetecting(t, {}, 'secret/app');
  const other = await fails(t, longer.get('db'), 'ConfigurationError/InvalidProvider');
  t.equal(other.message, "the KV engine is mounted at 'secret', not at 'secret/app'");
  await fails(t, longer.get('db'), 'ConfigurationError/InvalidProvider');
  t.equal(detections(longer), 2, 'not remembered, since the store may be put right');
});

test('a failure that passes is the failure of the read, and not remembered', async (t) => {
  const rig = await startDetecting(t, { [DETECTION]: refusal(503, 'Vault is sealed') });
  const before = rig.identityCalls.length;
  await fails(t, rig.get('app/db'), 'ProviderError/ProviderUnavailable');
  rig.vault.fault = () => undefined;
  t.equal(await rig.text('app/db'), '{"a":1}');
  t.same(rig.identityCalls.slice(before), ['ProviderUnavailable', 'success']);
});

test('where Vault does not tell, the engine is tried out', async (t) => {
  const two = await startDetecting(t, { [DETECTION]: notFound, 'secret/app/db': WRONG_PATH });
  t.equal(await two.text('app/db'), '{"a":1}');
  const one = await startDetecting(t, { [DETECTION]: refusal(400, 'no'), 'secret/app/db': envelope('{"a":2}') });
  t.equal(await one.text('app/db'), '{"a":2}');
  t.equal(await one.text('app/db'), '{"a":2}');
  t.equal(detections(one), 1, 'remembered');
  const gone = await startDetecting(t, { [DETECTION]: notFound, 'secret/none': notFound });
  await fails(t, gone.get('none'), 'SecretNotFoundError/SecretDoesNotExist');
  t.equal(gone.vault.count('secret/data/'), 0, 'an engine of version 2 would have warned');
});

test('what cannot be found out is version 2 for a minute', async (t) => {
  const rig = await startDetecting(t, { [DETECTION]: notFound, 'secret/app/db': refusal(400, 'no') });
  t.equal(await rig.text('app/db'), '{"a":1}');
  await rig.clock.advance(59_000);
  await rig.get('app/db');
  t.equal(detections(rig), 1);
  await rig.clock.advance(1_000);
  await rig.get('app/db');
  t.equal(detections(rig), 2);
});

test('paths that an engine of version 2 answers to itself tell nothing', async (t) => {
  for (const path of ['config', 'data/x', 'metadata', 'destroy/a/b']) {
    const rig = await startDetecting(t, { [DETECTION]: notFound });
    await fails(t, rig.get(path), 'SecretNotFoundError/SecretDoesNotExist');
    t.equal(rig.vault.count(`secret/${path}`), 0, path);
  }
});
