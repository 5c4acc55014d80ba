// Writes the reference part of docs/library.md: every export of the library in the order of src/index.ts, with its
// docstring and its declaration. `npm run docs` after a build.
import { readFile, writeFile } from 'node:fs/promises';
import { format } from 'prettier';
// The compiler of TypeScript 7 cannot be asked from a program yet.
import ts from 'typescript-5.9';

const PAGE = 'docs/library.md';
const MARK = '<!-- From here on this page is made from the docstrings by `npm run docs`. -->\n';

/** The page as it is, and as it should be. */
export async function libraryPage(): Promise<{ readonly present: string; readonly wanted: string }> {
  const present = await readFile(PAGE, 'utf8');
  const [byHand = ''] = present.split(MARK);
  const program = ts.createProgram(['dist/types/index.d.ts'], { module: ts.ModuleKind.NodeNext, types: [] });
  const index = await readFile('src/index.ts', 'utf8');
  const parts = ts
    .createSourceFile('index.ts', index, ts.ScriptTarget.ESNext)
    .statements.filter(ts.isExportDeclaration)
    .map((statement) => [...sectionOf(index, statement), ...entriesOf(program, statement)].join('\n'));
  const wanted = await format(`${byHand}${MARK}\n${parts.join('\n')}`, {
    parser: 'markdown',
    singleQuote: true,
    printWidth: 120,
  });
  return { present, wanted };
}

/** A comment before an export is the heading of what follows. */
function sectionOf(text: string, statement: ts.ExportDeclaration): readonly string[] {
  return (ts.getLeadingCommentRanges(text, statement.pos) ?? [])
    .map(({ pos, end }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith('/* '))
    .map((comment) => `## ${comment.slice(3, -3)}\n`);
}

function entriesOf(program: ts.Program, statement: ts.ExportDeclaration): readonly string[] {
  const { exportClause } = statement;
  if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
  return exportClause.elements.map(({ name }) => toEntry(declarationOf(program, name.text), name.text));
}

function declarationOf(program: ts.Program, name: string): ts.Node {
  const checker = program.getTypeChecker();
  const entry = program.getSourceFile('dist/types/index.d.ts');
  const module = entry && checker.getSymbolAtLocation(entry);
  const symbol = module && checker.getExportsOfModule(module).find((exported) => exported.name === name);
  const [declaration] = (symbol && checker.getAliasedSymbol(symbol).declarations) ?? [];
  if (declaration === undefined)
    throw new Error(`'${name}' is not in dist/types: is the build older than src/index.ts?`);
  // A constant's declaration lies two levels below its statement.
  return ts.isVariableDeclaration(declaration) ? declaration.parent.parent : declaration;
}

function toEntry(declaration: ts.Node, name: string): string {
  const code = declaration
    .getText()
    .replace(/^export (?:declare )?/, '')
    .replace(/\b(class|interface|type) \w+/, `$1 ${name}`)
    .replace(/^ +#private;\n/m, '');
  return `### ${name}\n\n${docOf(declaration)}\n\n\`\`\`ts\n${code}\n\`\`\`\n`;
}

function docOf(declaration: ts.Node): string {
  const text = ts
    .getJSDocCommentsAndTags(declaration)
    .map((comment) => comment.getText())
    .join('\n');
  return text
    .replaceAll(/^\s*(?:\/\*\*|\*\/|\*)\s?|\s*\*\/$/gm, '')
    .replaceAll(/\s*@throws /g, '\n\nThrows ')
    .trim();
}

if (import.meta.main) {
  const { wanted } = await libraryPage();
  await writeFile(PAGE, wanted);
}
