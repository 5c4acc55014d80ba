import { test } from 'tap';
import { parseRotateRules, rotateEndpoint, rotateProblem } from '../../../src/providers/vault/rotate-endpoint.ts';

const rules = parseRotateRules({
  'db/static/*': 'database/rotate-role/*',
  'db/**': 'any/**',
  'db/static/root': 'database/rotate-root/pg',
  'teams/*/keys/*-key': 'transit-*/keys/*/rotate',
  'a.b/$x': 'custom/rotate',
});

test('what a wildcard of the pattern matched fills the one of the endpoint', (t) => {
  const endpoints = {
    'db/static/app': 'database/rotate-role/app',
    'db/static/root': 'database/rotate-root/pg',
    'db/other/deep/app': 'any/other/deep/app',
    'teams/shop/keys/card-key': 'transit-shop/keys/card/rotate',
    'a.b/$x': 'custom/rotate',
  };
  for (const [id, endpoint] of Object.entries(endpoints)) t.equal(rotateEndpoint(rules, id), endpoint, id);
  for (const id of ['db', 'teams/shop/keys/-key', 'aXb/$x', 'other', 'x/db/static/app'])
    t.equal(rotateEndpoint(rules, id), undefined, id);
  t.equal(rotateEndpoint(parseRotateRules({ 'a/*': 'b/*' }), 'a/$&$1'), 'b/$&$1', 'taken as it is');
  t.end();
});

test('rules that cannot be followed', (t) => {
  const wrong: readonly (readonly [pattern: string, endpoint: string, words: RegExp])[] = [
    ['db//x', 'a/b', /'db\/\/x'.*path pattern/],
    ['/db', 'a/b', /path pattern/],
    ['db/**/x', 'a/b', /'\*\*' at its end only/],
    ['db/x**', 'a/b', /'\*\*' at its end only/],
    ['', 'a/b', /path pattern/],
    ['db/*', '../sys/seal', /endpoint '..\/sys\/seal'/],
    ['db/*', '*/rotate', /first segment is fixed/],
    ['db/*', 'rotate/', /first segment is fixed/],
    ['db/*', 'rotate/*/*', /wildcards of the pattern/],
    ['db/*', 'rotate/**', /wildcards of the pattern/],
    ['db', 'rotate/*', /wildcards of the pattern/],
  ];
  for (const [pattern, endpoint, words] of wrong)
    t.match(rotateProblem(pattern, endpoint), words, `${pattern}: ${endpoint}`);
  for (const [pattern, endpoint] of [
    ['db/*', 'database/rotate-role/*'],
    ['db/*/x', 'database/rotate-root/pg'],
    ['all/**', 'rotate/**'],
    ['barrier', 'sys/rotate'],
  ] as const)
    t.equal(rotateProblem(pattern, endpoint), undefined, `${pattern}: ${endpoint}`);
  t.end();
});
