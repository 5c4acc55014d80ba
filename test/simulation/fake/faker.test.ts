import * as fc from 'fast-check';
import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { Faker } from '../../../src/simulation/fake/faker.ts';

const faker = new Faker(Buffer.alloc(32, 1));
const lengthClass = (text: string): number => Math.ceil(Math.log2(Math.max(1, Array.from(text).length)));
const classesOf = (text: string): string =>
  [/[a-z]/, /[A-Z]/, /[0-9]/, /[!-/:-@[-`{-~]/, /[ \t]/, /[\r\n]/].map((form) => Number(form.test(text))).join('');

test('a fake has the classes of the real one, and is not it', async (t) => {
  for (const text of ['hunter2', 'correct horse battery staple', 'AKIAIOSFODNN7EXAMPLE', 'p@ss W0rd\n', 'ünïcode-1']) {
    const fake = faker.text(text);
    t.not(fake, text);
    t.equal(classesOf(fake), classesOf(text), text);
    t.equal(lengthClass(fake), lengthClass(text), text);
  }
  t.equal(faker.text(''), '');
});

test('equal values stay equal, under the same key', async (t) => {
  t.equal(faker.text('hunter2'), faker.text('hunter2'));
  t.equal(new Faker(Buffer.alloc(32, 1)).text('hunter2'), faker.text('hunter2'));
  t.not(new Faker(Buffer.alloc(32, 2)).text('hunter2'), faker.text('hunter2'));
  const { password } = JSON.parse(faker.text('{"password":"hunter2"}'));
  t.equal(password, faker.text('hunter2'), 'in a document, too');
  t.equal(new URL(faker.text('postgres://app:hunter2@db:5432/shop')).password, faker.text('hunter2'), 'and in a URL');
});

test('the length does not tell the exact length', async (t) => {
  const lengths = new Set(
    Array.from({ length: 200 }, (_, n) => faker.text(`sixteen-bytes${String(n).padStart(3, 'x')}`).length),
  );
  t.ok(lengths.size > 5, [...lengths].join());
});

test('a document keeps its members and the kinds of their values', async (t) => {
  const text =
    '{"user":"app","port":5432,"big":9007199254740993,"rate":-0.50,"on":true,"none":null,"list":["a",{"b":"c"}],"__proto__":"x"}';
  const fake = faker.text(text);
  const [before, after] = [JSON.parse(text), JSON.parse(fake)];
  t.same(Object.keys(after), Object.keys(before));
  for (const key of Object.keys(before)) t.equal(typeof after[key], typeof before[key], key);
  t.match([after.on, after.none, after.list.length], [true, null, 2]);
  t.match(fake, /"big":[1-9]\d{8,15},"rate":-0\.\d+/);
  t.match(JSON.parse(faker.text('{"inner":"{\\"password\\":\\"hunter2\\"}"}')).inner, /^\{"password":"/);
});

test('a key stays a key, a URL a URL, an id an id', async (t) => {
  const pem = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(40)}\n-----END PRIVATE KEY-----\n`;
  t.match(
    faker.text(pem + pem),
    /^(-----BEGIN PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END PRIVATE KEY-----\n){2}$/,
  );
  t.notMatch(faker.text(pem), 'QUJDQUJD');
  const url = new URL(faker.text('postgresql://app:p%40ss@db.internal:5432/shop?sslmode=require'));
  t.match(url, { protocol: 'postgresql:', port: '5432' });
  t.match([...url.searchParams.keys()], ['sslmode']);
  for (const part of ['p@ss', 'p%40ss', 'internal', 'require', 'shop']) t.notOk(url.href.includes(part), part);
  t.match(faker.text('mongodb://u:p@10.0.0.1:1,[::1]:2/d'), /^mongodb:\/\/.:.@192\.0\.2\.\d+:1,\[2001:db8::1\]:2\/.$/);
  t.match(faker.text('1b4e28ba-2fa1-11d2-883f-0016d3cca427'), /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  t.match(faker.text('-12.50'), /^-[1-9]\d?\.\d\d?$/);
});

test('bytes stay bytes', async (t) => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
  const fake = faker.value(new Redacted<Uint8Array>(bytes)).expose();
  t.ok(fake instanceof Uint8Array && fake.length > 64 && fake.length <= 128);
  t.notOk(Buffer.from(fake).includes(Buffer.from(bytes.subarray(0, 8))));
});

test('whatever the text, nothing of it that is long enough is in its fake', async (t) => {
  const text = fc.oneof(fc.string({ minLength: 8 }), fc.json(), fc.webUrl(), fc.stringMatching(/^[\w.-]{8,80}$/));
  fc.assert(
    fc.property(text, (real) => {
      const fake = faker.text(real);
      if (fake === real && /[a-z0-9]{8}/i.test(JSON.stringify(leaves(real)))) return false;
      return fake === faker.text(real);
    }),
    { numRuns: 500 },
  );
  t.pass();
});

/** The texts and numbers of a document; the text itself when it is none. */
function leaves(text: string): readonly unknown[] {
  try {
    const found: unknown[] = [];
    JSON.parse(text, (_, value: unknown) => {
      if (typeof value === 'string' || typeof value === 'number') found.push(value);
      return value;
    });
    return found;
  } catch {
    return [text];
  }
}
