/**
 * One spelling for equal JSON, to compare what a store gives back with what was put in: white space, the order of
 * members and the escapes of strings do not count, while numbers count as they are written and `__proto__` is a name.
 */
export function canonicalJson(text: string): string {
  return String(JSON.parse(text, spell));
}

// Called from the leaves up, so that the members of a collection are spelled already.
function spell(_key: string, value: unknown, context?: { readonly source?: string }): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.join()}]`;
  if (typeof value !== 'object' || value === null) return context?.source ?? String(value);
  const members = Object.entries(value).map(([name, member]) => `${JSON.stringify(name)}:${String(member)}`);
  return `{${members.sort().join()}}`;
}
