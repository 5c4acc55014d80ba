import * as fc from 'fast-check';
import { test } from 'tap';
import { CursorSeal } from '../../src/client/cursor-seal.ts';

const refusal = { category: 'RequestError', code: 'InvalidParameter' };
const binding = ['list', 'web', 'vault', 'app/', '{}'];

test('what was sealed is opened with the same question', async (t) => {
  const seal = new CursorSeal();
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string()), (cursor, binding) => {
        const text = cursor.toWellFormed();
        return seal.open(seal.seal(text, binding), binding) === text;
      }),
    ),
  );
});

test('it shows nothing of what it holds, and looks different each time', async (t) => {
  const seal = new CursorSeal();
  const [one, other] = [seal.seal('internal-name', binding), seal.seal('internal-name', binding)];
  t.not(one, other);
  t.notMatch(Buffer.from(one, 'base64url').toString('latin1'), 'internal');
  t.match(one, /^[\w-]+$/);
});

test('another question is refused, whichever part of it differs', async (t) => {
  const seal = new CursorSeal();
  const sealed = seal.seal('x', binding);
  for (const index of binding.keys()) t.throws(() => seal.open(sealed, binding.with(index, 'other')), refusal);
  t.throws(() => seal.open(sealed, ['list', 'web', 'vaultapp/', '', '{}']), refusal);
  t.throws(() => seal.open(sealed, binding.slice(0, -1)), refusal);
});

test('a changed one is refused, whichever bit of it', async (t) => {
  const seal = new CursorSeal();
  const bytes = Buffer.from(seal.seal('cursor', binding), 'base64url');
  for (const index of bytes.keys()) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    t.throws(() => seal.open(changed.toString('base64url'), binding), refusal, `byte ${index}`);
  }
});

test('garbage and cut ones are refused', async (t) => {
  const seal = new CursorSeal();
  const sealed = seal.seal('cursor', binding);
  for (const text of [
    '',
    'x',
    '!!!',
    '\0',
    'a'.repeat(5_000),
    sealed.slice(0, 10),
    sealed.slice(0, 30),
    `${sealed}AAAA`,
  ])
    t.throws(() => seal.open(text, binding), refusal, text.slice(0, 20));
});

test('no other daemon opens it', async (t) => {
  t.throws(() => new CursorSeal().open(new CursorSeal().seal('x', binding), binding), refusal);
});
