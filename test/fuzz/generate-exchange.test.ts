import { test } from 'tap';
import { type Mode, sentBytes } from './exchange.ts';
import { generateExchange } from './generate-exchange.ts';
import { webToken } from './web-tokens.ts';

const generate = (seed: number, index: number, mode: Mode = 'open') => generateExchange({ seed, index, mode });

test('the same seed and number give the same exchange, others give others', (t) => {
  t.strictSame(generate(7, 11), generate(7, 11));
  const different = new Set(Array.from({ length: 200 }, (_, at) => sentBytes(generate(7, at)).toString('latin1')));
  t.ok(different.size > 180, 'hardly any is sent twice');
  t.notSame(generate(7, 11), generate(8, 11));
  t.end();
});

test('every kind and every listener has its turn', (t) => {
  const all = Array.from({ length: 500 }, (_, at) => generate(1, at));
  t.equal(new Set(all.map(({ kind }) => kind)).size, 11);
  t.equal(new Set(all.map(({ listener }) => listener)).size, 3);
  t.equal(new Set(all.map(({ ending }) => ending)).size, 3);
  t.end();
});

test('where a token is needed, those who do not show it expect to be refused', (t) => {
  const texts = Array.from({ length: 500 }, (_, at) => generate(1, at, 'token')).filter(({ kind }) => kind === 'valid');
  for (const exchange of texts) {
    const isRefused = exchange.expected?.[0] === 401;
    if (isRefused) t.notMatch(sentBytes(exchange).toString('latin1'), /^Authorization/m);
  }
  t.ok(texts.some(({ expected }) => expected?.[0] === 401));
  t.end();
});

test('web tokens are right and wrong, and only the right one expects an answer', (t) => {
  const all = Array.from({ length: 500 }, (_, at) => generate(1, at, 'jwt')).filter(({ kind }) => kind === 'valid');
  const shown = all.map(
    (exchange) => /^Authorization: Bearer (.*)$/m.exec(sentBytes(exchange).toString('latin1'))?.[1],
  );
  t.ok(all.some(({ expected }, at) => shown[at] === webToken && expected?.[0] === 200));
  t.ok(all.some(({ expected }, at) => shown[at] !== webToken && shown[at] !== undefined && expected?.[0] === 401));
  t.end();
});

test("a caller's own socket asks for nothing, its neighbour does", (t) => {
  const all = Array.from({ length: 500 }, (_, at) => generate(1, at, 'socket')).filter(({ kind }) => kind === 'valid');
  t.notOk(all.some(({ listener, expected }) => listener === 'unix' && expected?.[0] === 401));
  t.ok(all.some(({ listener, expected }) => listener === 'tcp' && expected?.[0] === 401));
  t.end();
});
