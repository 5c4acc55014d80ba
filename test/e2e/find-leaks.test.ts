import { test } from 'tap';
import { findLeaks } from './find-leaks.ts';

test('what is looked for would be found', async (t) => {
  const secret = 'a "secret"/+ wört';
  const found = (text: string): readonly string[] => findLeaks(text, [{ name: 'it', value: secret }]);
  for (const text of [
    `x${secret}y`,
    JSON.stringify({ secret }),
    JSON.stringify(JSON.stringify({ secret })),
    encodeURIComponent(secret),
    new URLSearchParams({ secret }).toString(),
    Buffer.from(secret).toString('hex'),
    ...['', 'x', 'xy', 'xyz'].map((before) => Buffer.from(`${before}${secret}${before}`).toString('base64')),
    Buffer.from(`x${secret}`).toString('base64url'),
  ])
    t.equal(found(text).length > 0, true, text);
  t.strictSame(found('nothing of it'), []);
});
