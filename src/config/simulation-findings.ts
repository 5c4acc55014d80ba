import { faultProblem, type RawFault } from '../core/fault.ts';
import type { Finding } from './config-problems.ts';
import { type KeyPath, subjectOf } from './key-path.ts';
import { listAt, textAt } from './unchecked.ts';

const PRODUCTION = new Set(['prod', 'prd', 'production', 'live']);
const NOT_QUITE = new Set(['pre', 'non', 'not', 'no', 'like']);

/** What is wrong with `simulation` besides its types. Takes settings that may not fit the schema. */
export function simulationFindings(settings: unknown): readonly Finding[] {
  const simulation: unknown = Object(settings).simulation;
  if (simulation === undefined) return [];
  return [...unconfirmed(settings, simulation), ...misplaced(simulation), ...faultFindings(settings)];
}

/** A mode that lacks what it needs, or a key that another mode reads. */
function misplaced(simulation: unknown): readonly Finding[] {
  const { mode, file, values, key } = Object(simulation);
  const finding = (name: string, message: string): Finding => {
    const path = ['simulation', name];
    return { path, message: `${subjectOf(path)} ${message}` };
  };
  const isTape = mode === 'record' || mode === 'replay';
  return [
    ...(isTape && file === undefined ? [finding('file', `is missing: the cassette of the mode '${mode}'`)] : []),
    ...(file !== undefined && !isTape && mode !== 'mock' ? [finding('file', 'is read by no such mode')] : []),
    ...(mode === 'record' && values === 'keep' && key === undefined
      ? [finding('key', 'is missing: real values are sealed')]
      : []),
    ...(values === 'keep' && mode !== 'record' ? [finding('values', "is for the mode 'record'")] : []),
  ];
}

/** A daemon that makes values up must not come into production by a file that was copied. */
function unconfirmed(settings: unknown, simulation: unknown): readonly Finding[] {
  const environment = textAt(settings, ['environment']) ?? '';
  if (!isProduction(environment) || Object(simulation).allowInProduction === true) return [];
  const path = ['simulation', 'allowInProduction'];
  const message = `${subjectOf(path)} must be true for a simulation in an 'environment' that is named like production`;
  return [{ path, message }];
}

/** Whether one of its words is `prod` or the like, as in `eu/prod-1`; `pre-prod` is not. */
export function isProduction(environment: string): boolean {
  const words = environment.toLowerCase().split(/[^a-z]+/);
  return words.some((word, index) => PRODUCTION.has(word) && !NOT_QUITE.has(words[index - 1] ?? ''));
}

function faultFindings(settings: unknown): readonly Finding[] {
  const names = listAt(settings, ['providers']).map((entry) => textAt(entry, ['name']) ?? '');
  return listAt(settings, ['simulation', 'faults']).flatMap((fault, index) => {
    const at: KeyPath = ['simulation', 'faults', index];
    const provider = textAt(fault, ['provider']);
    // `name/region` is one copy of its store; whether there is such a copy only its type knows.
    if (provider !== undefined && !names.includes(provider.split('/')[0] ?? '')) {
      const path = [...at, 'provider'];
      return [{ path, message: `${subjectOf(path)} names no provider of 'providers'` }];
    }
    const problem = problemOf(fault);
    return problem === undefined
      ? []
      : [{ path: [...at, problem.key], message: `${subjectOf([...at, problem.key])} ${problem.message}` }];
  });
}

/** The cast is what the schema checks; of a fault that does not fit it the schema has told already. */
function problemOf(fault: unknown): ReturnType<typeof faultProblem> {
  try {
    return faultProblem(fault as RawFault);
  } catch {
    return undefined;
  }
}
