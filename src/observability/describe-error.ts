/**
 * An error as the log may show it: its name, code and message, and those of its causes. No other property is shown, for
 * errors of libraries carry requests, headers and bodies.
 */
export function describeError(error: unknown): unknown {
  const chain: string[] = [];
  for (let at = error; at instanceof Error && chain.length < 5; at = at.cause) {
    const code = 'code' in at && typeof at.code === 'string' ? ` (${at.code})` : '';
    chain.push(`${at.name}${code}: ${at.message}`);
  }
  return chain.length > 0 ? chain.join('; caused by ') : typeof error;
}
