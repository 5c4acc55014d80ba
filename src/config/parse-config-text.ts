import { type Document, LineCounter, parseDocument } from 'yaml';
import { byPlace, ConfigProblems, type Place, toProblem } from './config-problems.ts';
import type { ConfigSource, ConfigText } from './config-source.ts';
import { type KeyPath, keyPathId } from './key-path.ts';
import { syntaxMessages } from './syntax-messages.ts';
import { surveyYaml } from './survey-yaml.ts';

/** As large as a Kubernetes ConfigMap can be. */
export const MAX_CONFIG_CHARACTERS = 1_048_576;
const MAX_ALIASES = 100;

/**
 * Reads YAML or JSON. A key that is given twice is a finding; the last one counts.
 * @throws ConfigProblems for text of which the structure cannot be trusted
 */
export function parseConfigText({ text, file }: ConfigText): ConfigSource {
  if (text.length > MAX_CONFIG_CHARACTERS) throw whole(file, 'the file is larger than 1 MiB');
  const lines = new LineCounter();
  // Own checks of duplicates are linear; those of the library are not. Its warnings would show the text.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
    logLevel: 'error',
  });
  const toPlace = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  assertSyntax(document, toPlace);
  const survey = surveyYaml(document.contents);
  const broken = survey.unknownAliases.map((offset) =>
    problemAt(toPlace(offset), 'the alias names no anchor before it'),
  );
  if (broken.length > 0) throw new ConfigProblems(broken);
  const place = (path: KeyPath): Place => toPlace(offsetOf(survey.offsets, path));
  return { value: toPlain(document, file), findings: survey.duplicates, place };
}

function assertSyntax(document: Document.Parsed, toPlace: (offset: number) => Place): void {
  const problems = new Map(
    [...document.errors, ...document.warnings].map(({ code, pos }) => {
      const problem = problemAt(toPlace(pos[0]), syntaxMessages[code]);
      // One mistake often has several consequences in its line.
      return [code === 'RESOURCE_EXHAUSTION' ? code : `${problem.line} ${code}`, problem];
    }),
  );
  if (problems.size > 0) throw new ConfigProblems([...problems.values()].sort(byPlace));
}

/** Without shared parts, so that a default filled in at one place does not appear at another. */
function toPlain(document: Document.Parsed, file: string): unknown {
  try {
    const plain: unknown = JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES })));
    return plain ?? {};
  } catch {
    throw whole(file, 'the aliases are too many or go in a circle');
  }
}

function offsetOf(offsets: ReadonlyMap<string, number>, path: KeyPath): number {
  for (let length = path.length; length > 0; length--) {
    const offset = offsets.get(keyPathId(path.slice(0, length)));
    if (offset !== undefined) return offset;
  }
  return 0;
}

const problemAt = (place: Place, message: string) => toProblem({ path: [], message }, place);
const whole = (file: string, message: string) => new ConfigProblems([problemAt({ file, line: 1, column: 1 }, message)]);
