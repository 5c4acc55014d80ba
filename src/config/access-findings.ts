import type { Finding } from './config-problems.ts';
import { endpointProblem } from '../core/endpoint-problem.ts';
import { type KeyPath, subjectOf } from './key-path.ts';
import { hasKey, listAt, textAt } from './unchecked.ts';

/** What is wrong with callers, each fine by itself. Takes settings that may not fit the schema. */
export function accessFindings(settings: unknown): readonly Finding[] {
  return [...unknownCallers(settings), ...idleCallers(settings), ...jwtFindings(settings)];
}

function unknownCallers(settings: unknown): readonly Finding[] {
  const names = listAt(settings, ['access', 'callers']).map((caller) => textAt(caller, ['name']));
  return listAt(settings, ['listen']).flatMap((entry, index) => {
    const path = ['listen', index, 'caller'];
    const name = textAt(entry, ['caller']);
    if (name === undefined || name === '' || names.includes(name)) return [];
    return [{ path, message: `${subjectOf(path)} names no caller of 'access.callers'` }];
  });
}

/** A caller that nobody can be is a mistake: a policy that looks as if it protected something. */
function idleCallers(settings: unknown): readonly Finding[] {
  const mode = textAt(settings, ['access', 'mode']) ?? 'open';
  const bound = new Set(listAt(settings, ['listen']).map((entry) => textAt(entry, ['caller'])));
  return listAt(settings, ['access', 'callers']).flatMap((caller, index) => {
    const path = ['access', 'callers', index, 'name'];
    const name = textAt(caller, ['name']);
    if (name === undefined || name === '' || bound.has(name) || isKnownBy(mode, caller)) return [];
    return [
      { path, message: `${subjectOf(path)} has no effect: ${whatIsMissing(mode)}, and no listener is this caller's` },
    ];
  });
}

function isKnownBy(mode: string, caller: unknown): boolean {
  if (mode === 'token') return hasKey(caller, ['token']);
  return mode === 'jwt' ? hasKey(caller, ['subject']) : textAt(caller, ['name']) === 'anonymous';
}

function whatIsMissing(mode: string): string {
  if (mode === 'token') return "there is no 'token'";
  return mode === 'jwt' ? "there is no 'subject'" : "in open mode every caller is 'anonymous'";
}

/** Where the keys of tokens come from. */
function jwtFindings(settings: unknown): readonly Finding[] {
  const at = ['access', 'jwt'];
  const mode = textAt(settings, ['access', 'mode']);
  if (!hasKey(settings, at)) return mode === 'jwt' ? [told(at, "is missing: 'access.mode' is jwt")] : [];
  const [uri, file] = ['jwksUri', 'jwksFile'].map((key) => textAt(settings, [...at, key]));
  if (uri === undefined && file === undefined) return [told([...at, 'jwksUri'], "is missing, or 'jwksFile'")];
  if (uri !== undefined && file !== undefined) return [told([...at, 'jwksFile'], "and 'jwksUri' exclude each other")];
  if (uri !== undefined) return serverFindings([...at, 'jwksUri'], uri);
  return ['ca', 'token']
    .filter((key) => hasKey(settings, [...at, key]))
    .map((key) => told([...at, key], "is for the server of 'jwksUri'"));
}

function serverFindings(path: KeyPath, uri: string): readonly Finding[] {
  // An empty one is reported by the schema.
  const problem = uri === '' ? undefined : endpointProblem(uri, false);
  return problem === undefined ? [] : [told(path, problem)];
}

const told = (path: KeyPath, message: string): Finding => ({ path, message: `${subjectOf(path)} ${message}` });
