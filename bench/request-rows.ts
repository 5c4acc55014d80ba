import { accessRows } from './access-rows.ts';
import type { RatioPlan } from './ratio-row.ts';

const BUDGET = '≥ 0.80, p99 < 5 ms';
const get = (path: string) => ({ method: 'GET', path: `/v1/secrets/${path}` }) as const;
const [small, large, huge] = [get('value/60'), get('value/10k'), get('value/1m')];

/** The rows that are measured against the bare server (design §10). @param directory for files of theirs */
export async function requestRows(directory: string): Promise<readonly RatioPlan[]> {
  return [
    ...sizes.flatMap(({ size, ask, budget, perSecond }) => {
      const name = `cached GET, ${size}`;
      const slow = perSecond === undefined ? {} : { perSecond };
      return [
        { name: `${name}, TCP`, budget, ask, ...slow },
        { name: `${name}, unix socket`, budget, ask, isUnix: true, ...slow },
        { name: `${name}, TCP, new connection each`, ask, isReconnecting: true, perSecond: perSecond ?? 1_000 },
        {
          name: `${name}, unix socket, new connection each`,
          ask,
          isUnix: true,
          isReconnecting: true,
          perSecond: perSecond ?? 1_000,
        },
      ];
    }),
    { name: 'cached GET, 60 B, raw', ask: { ...small, path: `${small.path}?format=raw` } },
    { name: 'cached GET, 10 KiB, raw', ask: { ...large, path: `${large.path}?format=raw` } },
    { name: 'cached GET, 60 B, one key of a document', ask: get('value/document?key=password') },
    ...(await accessRows(directory)),
    { name: 'conditional GET (304)', ask: { ...small, headers: { 'If-None-Match': '*' } }, expectedStatus: 304 },
    { name: 'batch of 20, 60 B each', ask: batchAsk, perSecond: 500 },
    { name: 'resolve of 10 cached references', ask: resolveAsk(10), perSecond: 500 },
    { name: 'resolve of 10,000 cached references', ask: resolveAsk(10_000), connections: 4, perSecond: 10 },
    { name: 'list of 100 of 10,000 names', ask: { method: 'GET', path: '/v1/secrets?prefix=item/' }, perSecond: 200 },
  ];
}

const sizes = [
  { size: '60 B', ask: small, budget: BUDGET, perSecond: undefined },
  { size: '10 KiB', ask: large, budget: BUDGET, perSecond: undefined },
  { size: '1 MiB', ask: huge, budget: '', perSecond: 100 },
] as const;

const batchAsk = {
  method: 'POST',
  path: '/v1/batch',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ secrets: Array.from({ length: 20 }, (_, at) => ({ path: `item/${at}` })) }),
} as const;

/** So many references in a text, each to a secret of its own. */
export const resolveAsk = (references: number) =>
  ({
    method: 'POST',
    path: '/v1/resolve',
    headers: { 'Content-Type': 'text/plain' },
    body: Array.from({ length: references }, (_, at) => `SETTING_${at}={{secret:item/${at}}}\n`).join(''),
  }) as const;
