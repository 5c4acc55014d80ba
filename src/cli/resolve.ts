import { readFile } from 'node:fs/promises';
import { toCommandFailure } from './ask-daemon.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createDaemonClient } from './daemon-client.ts';
import { type DocumentFormat, formatOf, formats } from './document-format.ts';
import { type Finding, type Findings, parseFindings, toLine, toLines } from './finding.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { type Exchange, toExchange } from './resolve-exchange.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';
import { writeWhole } from './write-whole.ts';

const usage = `keyfob resolve [FILE|-] [--format ${formats.join('|')}] [--output FILE] [--check]`;
const options = {
  format: { type: 'string' },
  output: { type: 'string' },
  check: { type: 'boolean' },
} as const;

/**
 * Prints a document with every reference in it replaced, or puts it into a file, all at once. With `--check` it prints
 * one line for each reference that fails, and no value.
 */
export async function resolve(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  return runCommand({ args, io, usage }, async () => {
    const { values, positionals } = parseCommandLine(args, { options, positionals: ['FILE'] });
    const { output, check = false } = values;
    if (check && output !== undefined) throw new UsageError("'--check' writes nothing, so it takes no '--output'");
    const file = positionals[0] ?? '-';
    const format = toFormat(values.format) ?? formatOf(file);
    const exchange = toExchange(await read(file, io), format);
    const outcome = 'body' in exchange ? await ask(exchange, io) : { findings: [exchange], count: 1 };
    if ('findings' in outcome) return report({ ...outcome, name: file === '-' ? 'stdin' : file, check }, io);
    if (output !== undefined) await writeWhole(output, outcome);
    else if (!check) io.stdout(outcome);
    return 0;
  });
}

function toFormat(name: string | undefined): DocumentFormat | undefined {
  if (name === undefined) return undefined;
  const format = formats.find((known) => known === name);
  if (format === undefined) throw new UsageError(`'--format' is one of ${formats.join(', ')}, not '${name}'`);
  return format;
}

async function read(file: string, io: CommandIo): Promise<Uint8Array> {
  if (file === '-') return io.stdin();
  try {
    return await readFile(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new CommandFailure(`'${file}' cannot be read (${code})`);
  }
}

/** The document, or what is wrong with its references. */
async function ask(exchange: Exchange, io: CommandIo): Promise<Uint8Array | Findings> {
  const client = await createDaemonClient(io);
  const answer = await client.post('/v1/resolve', exchange.body);
  if (answer.status === 200) return exchange.toDocument(answer.body);
  const findings = parseFindings(answer);
  if (findings === undefined) throw toCommandFailure(client, answer);
  return { ...findings, findings: findings.findings.map((finding) => exchange.toFinding(finding)) };
}

interface Report extends Findings {
  readonly name: string;
  readonly check: boolean;
}

/** To find something is what `--check` is there for: its findings are results. Else they are messages. */
function report({ findings, count, name, check }: Report, io: CommandIo): ExitCode {
  const show = (finding: Finding): void =>
    check ? io.stdout(toLine(name, finding)) : io.stderr(toLines(name, finding));
  for (const finding of findings) show(finding);
  if (count > findings.length) io.stderr(`keyfob: and ${count - findings.length} more\n`);
  return 1;
}
