import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { seal, unseal } from '../../../src/cache/persistence/sealed-text.ts';

const sealed = async (text: string, key: Uint8Array): Promise<Buffer> => Buffer.concat(await seal([text], key));

const KEY = randomBytes(32);
const TEXT = '{"value":"größer 🗝","other":"\\u0000"}';
const MAGIC_BYTES = 'keyfob cache 1\n'.length;
const WRAPPED_BYTES = 12 + 16 + 32;
const FOREIGN = { code: 'CacheCorrupted', message: /no cache file of this version/ };
const WRONG_KEY = { code: 'CacheCorrupted', message: /its key is none of those/ };
const DAMAGED = { code: 'CacheCorrupted', message: /damaged or cut off/ };

test('what was sealed comes back', async (t) => {
  for (const text of ['', TEXT, 'x'.repeat(3_000_000)])
    t.ok(unseal(await sealed(text, KEY), [KEY]) === text, `${text.length}`);
});

test('each seal has its own data key and vectors', async (t) => {
  const [first, second] = [await sealed(TEXT, KEY), await sealed(TEXT, KEY)];
  t.equal(first.length, second.length);
  for (let at = MAGIC_BYTES; at + 12 <= first.length; at += 12)
    t.notSame(first.subarray(at, at + 12), second.subarray(at, at + 12), `at ${at}`);
});

test('a change of any byte is noticed', async (t) => {
  const whole = await sealed(TEXT, KEY);
  for (let at = 0; at < whole.length; at++) {
    for (const flip of [1, 0x80]) {
      const bent = Buffer.from(whole);
      bent[at] = (bent[at] ?? 0) ^ flip;
      const told = at < MAGIC_BYTES ? FOREIGN : at < MAGIC_BYTES + WRAPPED_BYTES ? WRONG_KEY : DAMAGED;
      t.throws(() => unseal(bent, [KEY]), told, `byte ${at}`);
    }
  }
});

test('so is every cut, and anything that was added', async (t) => {
  const whole = await sealed(TEXT, KEY);
  for (let length = 0; length < whole.length; length++)
    t.throws(() => unseal(whole.subarray(0, length), [KEY]), { code: 'CacheCorrupted' }, `${length} bytes`);
  t.throws(() => unseal(Buffer.concat([whole, Buffer.alloc(1)]), [KEY]), DAMAGED);
  t.throws(() => unseal(Buffer.concat([Buffer.alloc(1), whole]), [KEY]), FOREIGN);
});

test('other files are told apart', async (t) => {
  const older = Buffer.concat([Buffer.from('keyfob cache 0\n'), (await sealed(TEXT, KEY)).subarray(MAGIC_BYTES)]);
  for (const file of [Buffer.alloc(0), Buffer.from('{"entries":[]}'), randomBytes(500), older])
    t.throws(() => unseal(file, [KEY]), FOREIGN);
});

test('a payload belongs to its own header', async (t) => {
  const header = MAGIC_BYTES + WRAPPED_BYTES;
  const [first, second] = [await sealed(TEXT, KEY), await sealed(TEXT, KEY)];
  const mixed = Buffer.concat([first.subarray(0, header), second.subarray(header)]);
  t.throws(() => unseal(mixed, [KEY]), DAMAGED);
});

test('any of the keys opens it, another one does not', async (t) => {
  const [present, before] = [randomBytes(32), randomBytes(32)];
  const file = await sealed(TEXT, before);
  t.equal(unseal(file, [present, before]), TEXT);
  t.equal(unseal(file, [before]), TEXT);
  t.throws(() => unseal(file, [present]), WRONG_KEY);
  t.throws(() => unseal(file, []), WRONG_KEY);
});

test('how a text is cut into parts makes no difference', async (t) => {
  for (const parts of [[TEXT], TEXT.split(':'), [], ['', TEXT.slice(0, 5), '', TEXT.slice(5)]])
    t.equal(unseal(Buffer.concat(await seal(parts, KEY)), [KEY]), parts.join(''), `${parts.length} parts`);
});

test('a large text does not hold up everybody else', async (t) => {
  let [isSealing, turns] = [true, 0];
  const count = (): void => {
    turns++;
    if (isSealing) setImmediate(count);
  };
  setImmediate(count);
  await seal(Array<string>(1_000).fill('x'.repeat(10_000)), KEY);
  isSealing = false;
  t.ok(turns > 10, `${turns} turns of the event loop meanwhile`);
});
