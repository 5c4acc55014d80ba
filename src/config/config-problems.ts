import type { CodeOf } from '../core/errors/codes.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { formatKeyPath, type KeyPath } from './key-path.ts';

/** Where a problem is. A setting from the command line has no line; `file` is then the option. */
export interface Place {
  readonly file: string;
  /** 1 for the first. */
  readonly line?: number;
  /** 1 for the first. */
  readonly column?: number;
}

/** What is wrong with the key at `path`, as a sentence. */
export interface Finding {
  readonly path: KeyPath;
  readonly message: string;
}

/** One mistake in the configuration; holds names of keys, never a value. */
export interface ConfigProblem extends Place {
  readonly code: CodeOf<'ConfigurationError'>;
  /** The key, such as `providers[0].name`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
}

/** Everything that is wrong with a configuration, at once. The message has one line for each problem. */
export class ConfigProblems extends ConfigurationError {
  readonly problems: readonly ConfigProblem[];

  /** @param problems at least one */
  constructor(problems: readonly ConfigProblem[]) {
    super(problems[0]?.code ?? 'InvalidProvider', problems.map(toLine).join('\n'));
    this.problems = problems;
  }
}

export function toProblem(finding: Finding, place: Place): ConfigProblem {
  const path = formatKeyPath(finding.path);
  return { ...place, code: codeOf(path), path, message: finding.message };
}

/** `keyfob.yaml:12: unknown key 'cahce'` */
export function toLine(problem: Place & { readonly message: string }): string {
  const line = problem.line === undefined ? '' : `:${problem.line}`;
  return `${problem.file}${line}: ${problem.message}`;
}

/** Sorts as a reader meets them in the file. */
export function byPlace(a: Place, b: Place): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

// The specification has no code for the rest.
function codeOf(path: string): CodeOf<'ConfigurationError'> {
  if (path === 'cache' || path.startsWith('cache.')) return 'InvalidCacheConfig';
  return path.startsWith('pathMappings') ? 'InvalidPathPattern' : 'InvalidProvider';
}
