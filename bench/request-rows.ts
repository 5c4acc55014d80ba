import { capture } from './capture.ts';
import type { RatioPlan } from './ratio-row.ts';

const BUDGET = '≥ 0.80, p99 < 5 ms';

/** The rows that are measured against the bare server (design §10). */
export async function requestRows(port: number): Promise<readonly RatioPlan[]> {
  const small = { method: 'GET', path: '/v1/secrets/value/60' } as const;
  const large = { method: 'GET', path: '/v1/secrets/value/10k' } as const;
  const { etag = '' } = (await capture(port, small)).headers;
  const items = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `item/${at}`);
  const batch = JSON.stringify({ secrets: items(20).map((path) => ({ path })) });
  return [
    { name: 'cached GET, 60 B, everything on', budget: BUDGET, ask: small },
    { name: 'cached GET, 10 KiB, everything on', budget: BUDGET, ask: large },
    { name: 'cached GET, 60 B, raw', budget: '', ask: { ...small, path: `${small.path}?format=raw` } },
    { name: 'cached GET, 10 KiB, raw', budget: '', ask: { ...large, path: `${large.path}?format=raw` } },
    {
      name: 'conditional GET (304)',
      budget: '',
      ask: { ...small, headers: { 'If-None-Match': etag } },
      expectedStatus: 304,
    },
    {
      name: 'batch of 20, 60 B each',
      budget: '',
      ask: { method: 'POST', path: '/v1/batch', headers: { 'Content-Type': 'application/json' }, body: batch },
    },
    { name: 'resolve of 10 cached references', budget: '', ask: resolveAsk },
  ];
}

/** Ten references in a text. */
export const resolveAsk = {
  method: 'POST',
  path: '/v1/resolve',
  headers: { 'Content-Type': 'text/plain' },
  body: Array.from({ length: 10 }, (_, at) => `SETTING_${at}={{secret:item/${at}}}\n`).join(''),
} as const;
