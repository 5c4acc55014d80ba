import * as fc from 'fast-check';
import { test } from 'tap';
import { noMetrics } from '../client/client-rig.ts';
import { reference, secrets } from './arbitraries.ts';
import { type Lookup, resolveNaively } from './naive.ts';
import { createResolverRig } from './resolver-rig.ts';

const metrics = noMetrics();

const noise = fc.string({
  unit: fc.constantFrom(
    'x',
    ' ',
    '\n',
    '{{',
    '}}',
    '{',
    '}',
    '$',
    '\\',
    '{{secret:',
    '${secret:',
    '|',
    '#',
    '@',
    '%',
    'é',
  ),
  maxLength: 6,
});
const document = fc.array(fc.oneof(noise, reference), { maxLength: 8 }).map((parts) => parts.join(''));

test('any text comes out as the naive reference implementation has it', async (t) => {
  let resolvedCount = 0;
  await t.resolves(
    fc.assert(
      fc.asyncProperty(document, secrets, async (text, { a, b, c }) => {
        const values = new Map(Object.entries({ a, b, c, j: JSON.stringify({ a, b }) }));
        const lookUp: Lookup = ({ path, key }) =>
          key === undefined ? values.get(path) : path !== 'j' ? undefined : { a, '/b': b }[key];
        const rig = createResolverRig(values, { metrics });
        const ours = await rig.resolve(text).then(
          (resolved) => resolved.text,
          () => undefined,
        );
        if (ours !== undefined) resolvedCount++;
        return ours === resolveNaively(text, lookUp);
      }),
      { numRuns: 500 },
    ),
  );
  t.ok(resolvedCount > 100, `${resolvedCount} were resolved`);
});

test('text without references comes back byte for byte', async (t) => {
  await t.resolves(
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        if (text.includes('secret:')) return true;
        return (await createResolverRig(new Map(), { metrics }).resolve(text)).text === text;
      }),
      { numRuns: 200 },
    ),
  );
});
