import type { Finding, Place } from './config-problems.ts';
import type { KeyPath } from './key-path.ts';

/** A configuration file as it was read. */
export interface ConfigText {
  readonly text: string;
  /** The name that problems show. */
  readonly file: string;
}

/** Unchecked settings, and the way back from each to its place. */
export interface ConfigSource {
  /** As `JSON.parse` makes it, and free to be changed. */
  readonly value: unknown;
  /** What was found while reading. */
  readonly findings: readonly Finding[];
  /** Place of the key, or of the nearest one around it that is there. */
  readonly place: (path: KeyPath) => Place;
}

/** What the command line says in place of the file. */
export interface ConfigOverrides {
  /** `--listen`, as often as it was given. */
  readonly listen?: readonly string[];
}

/** The settings of `keyfob serve --local FILE`. */
export function localSource(file: string): ConfigSource {
  return {
    value: { providers: [{ name: 'local', type: 'local', path: file }] },
    findings: [],
    place: () => ({ file: '--local' }),
  };
}

/** Settings that a program hands over. */
export function objectSource(value: unknown): ConfigSource {
  return { value, findings: [], place: () => ({ file: 'config' }) };
}

/** Puts the overrides over the settings. Settings that are no mapping stay, to be reported as such. */
export function overridden(source: ConfigSource, overrides: ConfigOverrides): ConfigSource {
  const { listen } = overrides;
  if (listen === undefined || typeof source.value !== 'object' || Array.isArray(source.value)) return source;
  return {
    value: { ...source.value, listen: [...listen] },
    findings: source.findings,
    place: (path) => (path[0] === 'listen' ? { file: '--listen' } : source.place(path)),
  };
}
