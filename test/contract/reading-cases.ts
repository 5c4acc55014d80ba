import { CANARY, type ContractCase } from './contract-case.ts';
import { canonicalJson } from './canonical-json.ts';

const EVERY_TYPE = String.raw`{
  "canary": "${CANARY}", "empty": "", "unicode": "żółć 🔑 中文", "escapes": "\" \\ \/ \b \f \n \r \t \u0001 \u2028 <&>",
  "big": 9007199254740993, "float": 1.0, "exponent": 1e3, "negative": -0.10, "yes": true, "no": false, "nothing": null,
  "list": [1, [2.50, "3"], {}, []], "__proto__": { "constructor": "x" }, "10": "ten", "9": "nine"
}`;

const LARGE_BYTES = 900 * 1024;

/** Values come back as they were put in. */
export const readingCases = {
  'the current version is the last one': async (bench) => {
    await bench.seed('app/db', `{"n":1,"of":"${CANARY}"}`, `{"n":2,"of":"${CANARY}"}`);
    const secret = await bench.get('app/db');
    bench.t.equal(canonicalJson(String(secret.value.expose())), `{"n":2,"of":"${CANARY}"}`);
    bench.t.not(secret.version, '');
    bench.t.equal(secret.metadata.name, bench.id('app/db'));
    bench.isSilent(secret);
  },

  'a change in the store is seen': async (bench) => {
    await bench.seed('app/db', `{"n":1,"of":"${CANARY}"}`);
    const before = await bench.get('app/db');
    await bench.seed('app/db', `{"n":2,"of":"${CANARY}"}`);
    const after = await bench.get('app/db');
    bench.t.not(after.version, before.version);
    bench.t.match(after.value.expose(), '"n":2');
  },

  'a JSON object keeps every type as it is written': async (bench) => {
    await bench.seed('app/types', EVERY_TYPE);
    bench.t.equal(canonicalJson(await bench.text('app/types')), canonicalJson(EVERY_TYPE));
  },

  'a JSON array keeps every type as it is written': async (bench) => {
    await bench.seed('app/list', `["${CANARY}", ${EVERY_TYPE}, 1.0]`);
    bench.t.equal(canonicalJson(await bench.text('app/list')), canonicalJson(`["${CANARY}", ${EVERY_TYPE}, 1.0]`));
  },

  'text is kept byte for byte': async (bench) => {
    const text = ` ${CANARY}\r\n\t"quoted" 🔑 {{secret:a}} \\ # : - ' %41\n\n`;
    await bench.seed('app/text', text);
    bench.t.equal(await bench.text('app/text'), text);
  },

  'text that looks like a number is not touched': async (bench) => {
    await bench.seed('app/pin', '0123.50');
    bench.t.equal(await bench.text('app/pin'), '0123.50');
  },

  'broken JSON is text like any other': async (bench) => {
    await bench.seed('app/broken', `{"a": "${CANARY}", `);
    bench.t.equal(await bench.text('app/broken'), `{"a": "${CANARY}", `);
  },

  'bytes that are no UTF-8 are kept': async (bench) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => 255 - index);
    await bench.seed('app/key', bytes);
    const secret = await bench.get('app/key');
    bench.t.ok(secret.value.expose() instanceof Uint8Array, 'the value is bytes');
    bench.t.ok(Buffer.from(bytes).equals(Buffer.from(secret.value.expose())), 'the bytes are equal');
    bench.isSilent(secret);
  },

  'a value of 900 KiB is kept': async (bench) => {
    const large = `{"blob":"${CANARY}${'x'.repeat(LARGE_BYTES)}"}`;
    await bench.seed('app/large', large);
    bench.t.ok((await bench.text('app/large')) === large, 'the value is equal');
  },

  'an unusual name is read and listed': async (bench) => {
    const path = 'app/é ключ%41+x.y~z';
    await bench.seed(path, `{"of":"${CANARY}"}`);
    bench.t.equal(await bench.text(path), `{"of":"${CANARY}"}`);
    bench.t.same(await bench.names({ prefix: 'app/' }), [bench.id(path)]);
  },
} as const satisfies Record<string, ContractCase>;
