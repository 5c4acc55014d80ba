import { test } from 'tap';
import { describeToken, type TokenFacts } from '../../../src/providers/vault/describe-token.ts';

const login = { name: 'kubernetes', ownsToken: true } as const;
const given = { name: 'token', ownsToken: false } as const;
const facts: TokenFacts = { method: login, kind: 'service', policies: 1, renewable: true, expiresInMs: 90_000 };

const cases: readonly (readonly [Partial<TokenFacts>, string])[] = [
  [{}, 'the service token has 1 policy and ends in 90 s, if it is not renewed before'],
  [
    { kind: 'batch', policies: 3, renewable: false, expiresInMs: 7_200_000 },
    'the batch token has 3 policies and ends in 2 h; it cannot be renewed, so a new login replaces it before',
  ],
  [
    { method: given, renewable: false, expiresInMs: 32 * 86_400_000 },
    'the service token has 1 policy and ends in 32 d and cannot be renewed: put a new one in its place before',
  ],
  [
    { kind: undefined, policies: undefined, expiresInMs: undefined },
    'the token does not end, as far as the store says',
  ],
];

for (const [change, sentence] of cases)
  test(sentence, (t) => {
    t.equal(describeToken({ ...facts, ...change })[1], sentence);
    t.end();
  });
