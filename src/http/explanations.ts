import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Explanation } from '../resolver/explain.ts';

/** What would become of each reference, as JSON. Of a refused one only that it is refused. */
export const explanations = (rows: readonly Explanation[]): string => `{"references":[${rows.map(toRow).join(',')}]}`;

function toRow({ reference, line, column, pointer, outlook }: Explanation): string {
  const place = { reference: reference.source, line, column, pointer };
  if (outlook === 'refused') return JSON.stringify({ ...place, decision: 'refused' });
  const { path, key, version, stage } = reference;
  const named = { ...place, decision: 'allowed', path, key, version, stage };
  if (isSecretsError(outlook)) return JSON.stringify({ ...named, code: outlook.code, detail: outlook.message });
  const { provider, cache } = outlook;
  return JSON.stringify({ ...named, provider, cache });
}
