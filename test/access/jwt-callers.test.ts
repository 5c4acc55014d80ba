import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT, UnsecuredJWT, exportJWK, type JWK } from 'jose';
import { test } from 'tap';
import { openCallers } from '../../src/access/callers.ts';
import type { Identity } from '../../src/access/identity.ts';
import { JwtCallers } from '../../src/access/jwt-callers.ts';
import { KeySet, type KeySource } from '../../src/access/key-set.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

const SUBJECT = 'system:serviceaccount:shop:web';
const [good, other] = [
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
  generateKeyPairSync('rsa', { modulusLength: 2048 }),
];
const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = async (key: KeyObject, kid?: string): Promise<JWK> => ({
  ...(await exportJWK(key)),
  ...(kid !== undefined && { kid }),
});
const jwks = async (...keys: readonly Promise<JWK>[]): Promise<string> =>
  JSON.stringify({ keys: await Promise.all(keys) });
const usual = await jwks(jwk(good.publicKey, 'k1'));

/** That of `k1`; a `kid` of null leaves it out. */
const toHeader = ({
  alg = 'RS256',
  kid = 'k1',
}: {
  alg?: string;
  kid?: string | null;
}): { alg: string; kid?: string } => (kid === null ? { alg } : { alg, kid });

interface RigOptions {
  /** What the source says; a message to fail with, where it is an Error. */
  readonly text?: string | Error | Promise<string>;
  readonly isServerOfKeys?: boolean;
  readonly intervalMs?: number;
  readonly hasChanged?: () => Promise<boolean>;
}

async function createRig({ text = usual, isServerOfKeys = true, intervalMs = 600_000, hasChanged }: RigOptions = {}) {
  const [clock, log] = [new FakeClock(), new RecordingLog()];
  const state = { text, reads: 0, closed: 0 };
  const source: KeySource = {
    intervalMs,
    ...(hasChanged !== undefined && { hasChanged }),
    read: async () => {
      state.reads++;
      if (state.text instanceof Error) throw state.text;
      return state.text;
    },
    close: async () => void state.closed++,
  };
  const statuses: string[] = [];
  const keys = new KeySet({ source, clock, log, onRead: (status) => statuses.push(status) });
  const callers = new JwtCallers({
    issuer: 'https://cluster',
    audience: ['keyfob', 'other'],
    algorithms: ['RS256'],
    callers: [{ name: 'web', subject: SUBJECT }, { name: 'none' }],
    keys,
    clock,
    log,
    isServerOfKeys,
  });
  const identify = async (token: string): Promise<Identity> => callers.identify(`Bearer ${token}`);
  const nowS = (): number => Math.floor(clock.wallMs() / 1_000);
  const sign = (
    claims: Readonly<Record<string, unknown>> = {},
    header: { alg?: string; kid?: string | null } = {},
    key: KeyObject = good.privateKey,
  ) =>
    new SignJWT({ iss: 'https://cluster', aud: 'keyfob', sub: SUBJECT, exp: nowS() + 600, ...claims })
      .setProtectedHeader(toHeader(header))
      .sign(key);
  return { callers, clock, log, state, statuses, identify, sign, nowS };
}

test('a token is the caller of its subject', async (t) => {
  const { callers, identify, sign } = await createRig();
  await callers.start();
  t.equal((await identify(await sign())).caller, 'web');
  t.equal((await identify(await sign({ aud: ['else', 'other'] }))).caller, 'web', 'one of its audiences is enough');
});

test('what is checked once is known at once, until it ends', async (t) => {
  const { callers, clock, identify, sign, nowS } = await createRig();
  await callers.start();
  const token = await sign({ exp: nowS() + 60 });
  t.ok(callers.identify(`Bearer ${token}`) instanceof Promise);
  const identity = await identify(token);
  t.equal(callers.identify(`Bearer ${token}`), identity);
  t.ok(identity.credential?.isValid());
  await clock.advance(59_000);
  t.equal(callers.identify(`Bearer ${token}`), identity);
  await clock.advance(1_000);
  t.notOk(identity.credential?.isValid());
  await t.rejects(identify(token), { code: 'NotAuthenticated', message: 'the token has expired' });
});

test('many who show the same new token wait for one check', async (t) => {
  const { callers, sign } = await createRig();
  await callers.start();
  const token = await sign();
  t.equal(callers.identify(`Bearer ${token}`), callers.identify(`Bearer ${token}`));
});

test('what is wrong with a token is said, and nothing of it', async (t) => {
  const { callers, identify, sign, nowS } = await createRig({
    text: await jwks(jwk(good.publicKey, 'k1'), jwk(curve.publicKey, 'k2')),
  });
  await callers.start();
  const valid = await sign();
  const [head = '', body = '', signature = ''] = valid.split('.');
  const hmac = new SignJWT({ iss: 'https://cluster', aud: 'keyfob', sub: SUBJECT, exp: nowS() + 600 })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .sign(Buffer.from(good.publicKey.export({ type: 'spki', format: 'pem' })));
  const rows: readonly [token: string | Promise<string>, reason: string][] = [
    [sign({ exp: nowS() - 1 }), 'the token has expired'],
    [sign({ exp: nowS() - 60 }), 'the token has expired'],
    [sign({ iss: 'https://elsewhere' }), "the token's 'iss' is not what 'access.jwt' asks for"],
    [sign({ aud: 'vault' }), "the token's 'aud' is not what 'access.jwt' asks for"],
    [sign({ nbf: nowS() + 60 }), "the token's 'nbf' is not what 'access.jwt' asks for"],
    [sign({ exp: undefined }), "the token's 'exp' is not what 'access.jwt' asks for"],
    [sign({ sub: undefined }), "the token's 'sub' is not what 'access.jwt' asks for"],
    [sign({ sub: 'system:serviceaccount:shop:else' }), "no caller has the token's subject"],
    [sign({ sub: 'web' }), "no caller has the token's subject"],
    [sign({}, {}, other.privateKey), "the token's signature is wrong"],
    [sign({}, { alg: 'RS512' }), "the token is signed with an algorithm that is not in 'access.jwt.algorithms'"],
    [
      sign({}, { alg: 'ES256', kid: 'k2' }, curve.privateKey),
      "the token is signed with an algorithm that is not in 'access.jwt.algorithms'",
    ],
    [hmac, "the token is signed with an algorithm that is not in 'access.jwt.algorithms'"],
    [
      new UnsecuredJWT({ sub: SUBJECT }).encode(),
      "the token is signed with an algorithm that is not in 'access.jwt.algorithms'",
    ],
    [sign({}, { kid: 'k9' }), 'the token is signed with a key that is not known'],
    [`${head}.${body}.`, "the token's signature is wrong"],
    [`${head}.${Buffer.from('{}').toString('base64url')}.${signature}`, "the token's signature is wrong"],
    ['nonsense', 'the token is no JSON web token that can be checked'],
    ['a.b.c', 'the token is no JSON web token that can be checked'],
  ];
  for (const [made, message] of rows)
    await t.rejects(identify(await made), { code: 'NotAuthenticated', message }, message);
  t.equal((await identify(await sign({ nbf: nowS() + 9 }))).caller, 'web', 'clocks differ a little');
  t.throws(() => callers.identify(undefined), { code: 'NotAuthenticated' });
});

test('a key that is not known is looked for, but not again and again', async (t) => {
  const { callers, clock, state, identify, sign } = await createRig();
  await callers.start();
  await clock.advance(30_000);
  state.text = await jwks(jwk(good.publicKey, 'k1'), jwk(other.publicKey, 'k2'));
  t.equal((await identify(await sign({}, { kid: 'k2' }, other.privateKey))).caller, 'web');
  t.equal(state.reads, 2);
  for (let time = 0; time < 20; time++)
    await t.rejects(identify(await sign({ jti: `${time}` }, { kid: 'k9' })), /not known/);
  t.equal(state.reads, 2);
  await clock.advance(30_000);
  await t.rejects(identify(await sign({}, { kid: 'k9' })), /not known/);
  t.equal(state.reads, 3);
});

test('a key that is taken away ends what it has signed', async (t) => {
  const { callers, clock, state, identify, sign, nowS } = await createRig();
  await callers.start();
  const { credential } = await identify(await sign());
  state.text = await jwks(jwk(good.publicKey, 'k1'), jwk(other.publicKey, 'k2'));
  await clock.advance(600_000);
  const later = await identify(await sign({ exp: nowS() + 10_000 }));
  state.text = await jwks(jwk(other.publicKey, 'k2'), jwk(good.publicKey, 'k1'));
  await clock.advance(600_000);
  t.notOk(credential?.isValid(), 'it has expired');
  t.ok(later.credential?.isValid(), 'other keys do not matter');
  state.text = await jwks(jwk(other.publicKey, 'k2'));
  await clock.advance(599_000);
  t.ok(later.credential?.isValid());
  await clock.advance(1_000);
  t.notOk(later.credential?.isValid());
});

test('another key under the same id ends what the one before has signed', async (t) => {
  const { callers, clock, state, identify, sign, nowS } = await createRig();
  await callers.start();
  const token = await sign({ exp: nowS() + 10_000 });
  const { credential } = await identify(token);
  state.text = await jwks(jwk(other.publicKey, 'k1'), jwk(good.publicKey, 'k2'));
  await clock.advance(600_000);
  t.notOk(credential?.isValid());
  await t.rejects(identify(token), { message: "the token's signature is wrong" });
});

test('a token that names no key counts until the keys change', async (t) => {
  const { callers, clock, state, identify, sign, nowS } = await createRig({ text: await jwks(jwk(good.publicKey)) });
  await callers.start();
  const token = await sign({ exp: nowS() + 10_000 }, { kid: null });
  const { credential } = await identify(token);
  await clock.advance(600_000);
  t.equal(state.reads, 2);
  await clock.advance(599_000);
  t.ok(credential?.isValid());
  state.text = await jwks(jwk(other.publicKey));
  await clock.advance(1_000);
  t.notOk(credential?.isValid());
  const two = await createRig({ text: await jwks(jwk(good.publicKey, 'k1'), jwk(other.publicKey, 'k2')) });
  await two.callers.start();
  await t.rejects(two.identify(await two.sign({}, { kid: null })), { message: /does not say with which key/ });
});

test('only a key that is not known makes it look for keys', async (t) => {
  const { callers, clock, state, identify, sign, nowS } = await createRig();
  await callers.start();
  await clock.advance(60_000);
  for (const token of [sign({ exp: nowS() - 1 }), sign({ aud: 'x' }), sign({}, {}, other.privateKey), 'nonsense'])
    await t.rejects(identify(await token), { code: 'NotAuthenticated' });
  t.equal(state.reads, 1);
});

test('another configuration goes on with the keys that it takes over', async (t) => {
  const [before, after] = [await createRig(), await createRig({ text: new Error('refused') })];
  await before.callers.start();
  after.callers.takeOver(before.callers);
  await after.callers.start();
  t.equal((await after.identify(await after.sign())).caller, 'web');
  await after.clock.advance(24 * 3_600_000 - 1_000);
  t.equal((await after.identify(await after.sign({ exp: after.nowS() + 600 }))).caller, 'web');
  await after.clock.advance(1_000);
  await t.rejects(after.identify(await after.sign({ exp: after.nowS() + 600 })), { code: 'Overloaded' });
  const alone = await createRig({ text: new Error('refused') });
  alone.callers.takeOver(openCallers);
  await alone.callers.start();
  await t.rejects(alone.identify(await alone.sign()), { code: 'Overloaded' });
});

test('the last good keys count for a day', async (t) => {
  const { callers, clock, state, statuses, log, identify, sign, nowS } = await createRig();
  await callers.start();
  const HOUR_MS = 3_600_000;
  const known = await identify(await sign({ exp: nowS() + 200_000 }));
  for (const broken of [new Error('refused'), 'no JSON', '{}', '{"keys":[]}', '[]', '{"keys":[1]}']) {
    state.text = broken;
    await clock.advance(HOUR_MS);
    t.equal((await identify(await sign({ exp: nowS() + 600 }))).caller, 'web', String(broken));
  }
  t.same([statuses[0], statuses.at(-1)], ['success', 'error']);
  t.match(log.lines, [{ level: 'error', fields: { reason: 'refused' } }]);
  await clock.advance(18 * HOUR_MS);
  await t.rejects(identify(await sign({ exp: nowS() + 600 })), {
    code: 'Overloaded',
    details: { retryAfterMs: 5_000 },
  });
  t.notOk(known.credential?.isValid());
  state.text = usual;
  await clock.advance(600_000);
  t.equal((await identify(await sign())).caller, 'web');
});

test('without keys a daemon starts, if they are to come from a server', async (t) => {
  const rig = await createRig({ text: new Error('refused') });
  await rig.callers.start();
  t.match(rig.log.lines, [{ level: 'error', fields: { reason: 'refused' }, message: /cannot be read yet/ }]);
  await t.rejects(rig.identify(await rig.sign()), { code: 'Overloaded' });
  rig.state.text = usual;
  await rig.clock.advance(600_000);
  t.equal((await rig.identify(await rig.sign())).caller, 'web');
  const fromFile = await createRig({ text: new Error("the file 'x' cannot be read"), isServerOfKeys: false });
  await t.rejects(fromFile.callers.start(), {
    category: 'ConfigurationError',
    message: "the keys of 'access.jwt' cannot be read: the file 'x' cannot be read",
  });
});

test('a file is read when it has changed; a bad one does not stay good for being the same', async (t) => {
  let isNew = false;
  const rig = await createRig({ intervalMs: 1_000, hasChanged: async () => isNew });
  await rig.callers.start();
  await rig.clock.advance(48 * 3_600_000);
  t.equal(rig.state.reads, 1);
  t.equal((await rig.identify(await rig.sign())).caller, 'web', 'what has not changed does not grow old');
  [isNew, rig.state.text] = [true, 'broken'];
  await rig.clock.advance(1_000);
  isNew = false;
  await rig.clock.advance(23 * 3_600_000);
  t.equal((await rig.identify(await rig.sign())).caller, 'web');
  await rig.clock.advance(3_600_000);
  await t.rejects(rig.identify(await rig.sign()), { code: 'Overloaded' });
});

test('many tokens of a new key wait for one look', async (t) => {
  const { callers, clock, state, identify, sign } = await createRig();
  await callers.start();
  await clock.advance(30_000);
  state.text = await jwks(jwk(good.publicKey, 'k1'), jwk(other.publicKey, 'k2'));
  const tokens = await Promise.all(['a', 'b', 'c'].map((jti) => sign({ jti }, { kid: 'k2' }, other.privateKey)));
  t.same(await Promise.all(tokens.map(async (token) => (await identify(token)).caller)), ['web', 'web', 'web']);
  t.equal(state.reads, 2);
});

test('a read that is under way when it is closed brings nothing back', async (t) => {
  const { callers, clock, state, identify, sign } = await createRig();
  await callers.start();
  const { credential } = await identify(await sign());
  const { promise, resolve } = Promise.withResolvers<string>();
  state.text = promise;
  await clock.advance(600_000);
  await callers.close();
  resolve(await jwks(jwk(good.publicKey, 'k1'), jwk(other.publicKey, 'k2')));
  await clock.advance(0);
  t.notOk(credential?.isValid());
  await t.rejects(identify(await sign()), { code: 'Overloaded' });
  t.equal(clock.timers, 0);
});

test('after the close nobody is known, and nothing is read', async (t) => {
  const { callers, clock, state, identify, sign } = await createRig();
  await callers.start();
  const { credential } = await identify(await sign());
  await callers.close();
  t.notOk(credential?.isValid());
  await clock.advance(1_200_000);
  t.same([state.reads, state.closed, clock.timers], [1, 1, 0]);
});
