import { test } from 'tap';
import { createReferenceResolver } from '../../src/library/reference-resolver.ts';

const resolver = createReferenceResolver({ resolveReferences: async (text) => `resolved ${text}` });

test('references are taken apart in their order, each as often as it is there', (t) => {
  const text =
    'a={{secret:b}} ${secret:aws://c/d#k@previous|url} \\{{secret:kept}} {{secret:e%40f@3}} {{secret:b}} {{secret:';
  t.same(resolver.extractReferences(text), [
    { fullMatch: '{{secret:b}}', path: 'b' },
    { fullMatch: '${secret:aws://c/d#k@previous|url}', provider: 'aws', path: 'c/d', key: 'k', stage: 'previous' },
    { fullMatch: '{{secret:e%40f@3}}', path: 'e@f', version: '3' },
    { fullMatch: '{{secret:b}}', path: 'b' },
  ]);
  t.end();
});

test('a text has references, or it has none', (t) => {
  t.same(
    ['', 'plain', '\\{{secret:a}}', '{{secret:', '{{secret:a}}'].map((text) => resolver.hasReferences(text)),
    [false, false, false, false, true],
  );
  t.end();
});

test('resolving is the client’s', async (t) => {
  t.equal(await resolver.resolve('x'), 'resolved x');
});
