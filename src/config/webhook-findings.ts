import { endpointProblem } from '../core/endpoint-problem.ts';
import type { Finding } from './config-problems.ts';
import { subjectOf } from './key-path.ts';
import { listAt, textAt } from './unchecked.ts';

/** What is wrong with the addresses of webhooks. Takes settings that may not fit the schema. */
export function webhookFindings(settings: unknown): readonly Finding[] {
  return listAt(settings, ['notifications', 'webhooks']).flatMap((webhook, index) => {
    const path = ['notifications', 'webhooks', index, 'url'];
    const address = textAt(webhook, ['url']);
    const isInsecure = Object(webhook).insecure === true;
    // An empty one is reported by the schema.
    const problem = address === undefined || address === '' ? undefined : urlProblem(address, isInsecure);
    return problem === undefined ? [] : [{ path, message: `${subjectOf(path)} ${problem}` }];
  });
}

/** Unlike a store's address it may have a query: some receivers tell their callers apart by it. */
function urlProblem(address: string, isInsecure: boolean): string | undefined {
  const url = URL.parse(address);
  if (url !== null) url.search = '';
  return endpointProblem(url?.href ?? address, isInsecure);
}
