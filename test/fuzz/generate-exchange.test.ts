import { test } from 'tap';
import { sentBytes } from './exchange.ts';
import { generateExchange } from './generate-exchange.ts';

test('the same seed and number give the same exchange, others give others', (t) => {
  t.strictSame(generateExchange(7, 11), generateExchange(7, 11));
  const different = new Set(
    Array.from({ length: 200 }, (_, at) => sentBytes(generateExchange(7, at)).toString('latin1')),
  );
  t.ok(different.size > 180, 'hardly any is sent twice');
  t.notSame(generateExchange(7, 11), generateExchange(8, 11));
  t.end();
});

test('every kind and every listener has its turn', (t) => {
  const all = Array.from({ length: 500 }, (_, at) => generateExchange(1, at));
  t.equal(new Set(all.map(({ kind }) => kind)).size, 11);
  t.equal(new Set(all.map(({ listener }) => listener)).size, 3);
  t.equal(new Set(all.map(({ ending }) => ending)).size, 3);
  t.end();
});
