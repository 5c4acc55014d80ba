import type { RatioPlan } from './ratio-row.ts';

const RULES = 100;
const TOKEN = 'bench-token-of-no-store-at-all-0';
const ask = { method: 'GET', path: '/v1/secrets/value/60', headers: { Authorization: `Bearer ${TOKEN}` } } as const;

/** A caller with a token, and what else the configuration says of it. */
const caller = (rules: object) => ({
  access: { mode: 'token', callers: [{ name: 'bench', token: TOKEN, operations: ['get'], ...rules }] },
});

const names = (what: string): readonly string[] => Array.from({ length: RULES }, (_, at) => `${what}/${at}/**`);

/** Cached reads by callers who have to show who they are. */
export const accessRows: readonly RatioPlan[] = [
  { name: 'cached GET, 60 B, token', ask, settings: caller({ allow: ['**'] }) },
  {
    name: `cached GET, 60 B, token, policy of ${2 * RULES} rules`,
    ask,
    settings: caller({ deny: names('not'), allow: [...names('other').slice(1), 'value/*'] }),
  },
];
