import { readFileSync } from 'node:fs';

// Put in by the bundler.
declare const KEYFOB_VERSION: string | undefined;

/** The version of this build. */
export const version = typeof KEYFOB_VERSION === 'undefined' ? readVersion() : KEYFOB_VERSION;

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version": "([^"]+)"/.exec(text)?.[1] ?? 'unknown';
}
