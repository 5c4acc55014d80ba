import { test } from 'tap';
import { NetworkError } from '../../src/core/errors/network-error.ts';
import type { RotateCall } from '../../src/core/provider.ts';
import type { RotationResult } from '../../src/core/secret.ts';
import { textSecret } from '../fakes/secrets.ts';
import { atOnce, type ClientRig, context, createClientRig, DEADLINE_MS, told } from './client-rig.ts';
import { createPair, down } from './failover-rig.ts';

const operator = { ...context, caller: 'operator' };
const started: RotationResult = { triggered: true, status: 'in-progress' };

/** Lets the store rotate, after so many failures. @returns the tokens it was asked with */
function letRotate({ provider }: Pick<ClientRig, 'provider'>, failures = 0): string[] {
  const tokens: string[] = [];
  // The method of the fake takes no arguments, since it only refuses.
  const rotate = async (_id: string, { idempotencyToken }: RotateCall): Promise<RotationResult> => {
    tokens.push(idempotencyToken);
    if (tokens.length <= failures) throw new NetworkError('Timeout', 'x');
    return started;
  };
  Object.assign(provider, { rotate });
  return tokens;
}

test('the store is asked to rotate, the value at hand stays, and is looked at closely', async (t) => {
  const rig = createClientRig();
  letRotate(rig);
  await rig.read();
  t.strictSame(await rig.pipeline.rotator.rotate({ path: 'a', context: operator }), started);
  t.same(told(atOnce(rig.read())), ['hit', 'value of a']);
  rig.provider.onGet = () => textSecret('rotated', { version: '2' });
  await rig.clock.advance(5_000);
  t.same(told(atOnce(rig.read())), ['hit', 'rotated']);
  t.match(rig.events, [{ type: 'rotated', path: 'a', version: '2' }]);
  t.match(rig.audited[1], { operation: 'rotate', path: 'a', context: operator, provider: 'files' });
});

test('what may have been done is not done again, unless the store knows that it is the same', async (t) => {
  for (const isRotationIdempotent of [false, true]) {
    const rig = createClientRig();
    Object.assign(rig.provider, { isRotationIdempotent });
    const tokens = letRotate(rig, 1);
    const outcome = rig.pipeline.rotator.rotate({ path: 'a', context: operator }).catch((error: unknown) => error);
    await rig.clock.advance(DEADLINE_MS);
    t.match(await outcome, isRotationIdempotent ? started : { code: 'Timeout' });
    t.equal(tokens.length, isRotationIdempotent ? 2 : 1);
    t.equal(new Set(tokens).size, 1, 'with the same token');
    await rig.pipeline.close();
  }
});

test('what was asked and how it ended is counted', async (t) => {
  const rig = createClientRig();
  const ask = (): Promise<unknown> =>
    rig.pipeline.rotator.rotate({ path: 'a', context: operator }).catch((error: unknown) => error);
  await ask();
  letRotate(rig);
  await ask();
  t.same(await rig.samples('secrets_rotation_total'), [
    'secrets_rotation_total{provider="files",status="RotationNotConfigured"} 1',
    'secrets_rotation_total{provider="files",status="success"} 1',
  ]);
});

test('each request has a token of its own', async (t) => {
  const rig = createClientRig();
  const tokens = letRotate(rig);
  for (let count = 0; count < 2; count++) await rig.pipeline.rotator.rotate({ path: 'a', context: operator });
  t.equal(new Set(tokens).size, 2);
  for (const token of tokens) t.match(token, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('no other source rotates its secret instead', async (t) => {
  const rig = createPair();
  Object.assign(rig.provider, { rotate: () => Promise.reject(down) });
  const tokens = letRotate({ provider: rig.backup });
  await t.rejects(rig.pipeline.rotator.rotate({ path: 'a', context: operator }), down);
  t.same(tokens, []);
  await rig.pipeline.rotator.rotate({ path: 'a', provider: 'backup', context: operator });
  t.equal(tokens.length, 1);
});

test('it needs a policy', async (t) => {
  const rig = createClientRig();
  const tokens = letRotate(rig);
  await t.rejects(rig.pipeline.rotator.rotate({ path: 'a', context }), { code: 'PolicyDenied' });
  t.same(tokens, []);
  t.match(rig.audited, [{ operation: 'rotate', code: 'PolicyDenied' }]);
});

test('what the store cannot do it says, and nothing is looked at', async (t) => {
  const rig = createClientRig();
  await t.rejects(rig.pipeline.rotator.rotate({ path: 'a', context: operator }), { code: 'RotationNotConfigured' });
  await rig.clock.advance(60_000);
  t.equal(rig.provider.calls.length, 0);
});
