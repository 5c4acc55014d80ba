import type { ProviderKind } from '../core/provider.ts';
import { accessFindings } from './access-findings.ts';
import type { Config } from './config.ts';
import { byPlace, ConfigProblems, toLine, toProblem } from './config-problems.ts';
import {
  type ConfigOverrides,
  type ConfigSource,
  type ConfigText,
  localSource,
  objectSource,
  overridden,
} from './config-source.ts';
import { subjectOf } from './key-path.ts';
import { literalCredentials } from './literal-credentials.ts';
import { listenerFindings } from './listener-findings.ts';
import { parseConfigText } from './parse-config-text.ts';
import { kindOf, providerFindings, providerSchema } from './provider-findings.ts';
import { referenceFindings } from './reference-findings.ts';
import { createSchemaChecker } from './schema-checker.ts';
import { configSchema } from './schema.ts';
import { simulationFindings } from './simulation-findings.ts';
import { toConfig } from './to-config.ts';
import { listAt } from './unchecked.ts';
import { webhookFindings } from './webhook-findings.ts';

export interface LoadedConfig {
  readonly config: Config;
  /** One sentence each, with file and line: what works and should not be left so. */
  readonly warnings: readonly string[];
  /** Where a key was written, or the nearest one around it. */
  readonly place: ConfigSource['place'];
}

/**
 * The configuration of a YAML or JSON file. Does no I/O.
 * @throws ConfigProblems with everything that is wrong
 */
export function loadConfig(
  source: ConfigText,
  kinds: readonly ProviderKind[],
  overrides: ConfigOverrides = {},
): LoadedConfig {
  return checkConfig(overridden(parseConfigText(source), overrides), kinds);
}

/**
 * The configuration of `keyfob serve --local FILE`: one local provider named `local`, and every default.
 * @throws ConfigProblems
 */
export function localConfig(
  file: string,
  kinds: readonly ProviderKind[],
  overrides: ConfigOverrides = {},
): LoadedConfig {
  return checkConfig(overridden(localSource(file), overrides), kinds);
}

/**
 * The configuration of an object with the keys of a file. It is changed: defaults are filled in.
 * @throws ConfigProblems
 */
export function objectConfig(settings: unknown, kinds: readonly ProviderKind[]): LoadedConfig {
  return checkConfig(objectSource(settings), kinds);
}

function checkConfig(source: ConfigSource, kinds: readonly ProviderKind[]): LoadedConfig {
  const settings = source.value;
  const check = createSchemaChecker();
  const entries = listAt(settings, ['providers']);
  const schema = configSchema(kinds.map(({ type }) => type));
  const findings = [
    ...source.findings,
    ...check(schema, settings, []),
    ...providerFindings(entries, kinds, check),
    ...referenceFindings(settings, kinds),
    ...listenerFindings(settings),
    ...accessFindings(settings),
    ...webhookFindings(settings),
    ...simulationFindings(settings),
  ];
  if (findings.length > 0) {
    const problems = findings.map((finding) => toProblem(finding, source.place(finding.path)));
    throw new ConfigProblems(problems.sort(byPlace));
  }
  const ofProviders = entries.flatMap((entry, index) => {
    const kind = kindOf(entry, kinds);
    return kind === undefined ? [] : literalCredentials(providerSchema(kind), entry, ['providers', index]);
  });
  const warnings = [...literalCredentials(schema, settings, []), ...ofProviders].map((path) => {
    const message = `${subjectOf(path)} is a credential in plain text, better { env: NAME } or { file: PATH }`;
    return toLine({ ...source.place(path), message });
  });
  return { config: toConfig(settings), warnings, place: source.place };
}
