import { createReadStream } from 'node:fs';
import { ChainVerifier, type FileSummary, type Remark } from '../audit/chain-verifier.ts';
import { type ChainKey, toChainKey } from '../audit/chain-key.ts';
import { LineSplitter } from '../audit/line-splitter.ts';
import type { CredentialSetting } from '../core/credential-setting.ts';
import { readSymmetricKey } from '../core/symmetric-key.ts';
import { CommandFailure } from './command-failure.ts';
import type { CommandIo, ExitCode } from './command-io.ts';
import { createConfigLoader } from './config-loader.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { runCommand } from './run-command.ts';
import { UsageError } from './usage-error.ts';

const options = {
  key: { type: 'string', multiple: true },
  config: { type: 'string' },
  head: { type: 'string', multiple: true },
  mixed: { type: 'boolean', default: false },
} as const;

const PURPOSE = { setting: 'audit', code: 'MissingEndpoint' } as const;
const MAX_REMARKS = 100;
const OWN_LINES = ['{"type":"audit",', '{"type":"chain",'];

/** `keyfob audit verify`: whether the lines of the audit are those that the daemon wrote. */
export function audit(args: readonly string[], io: CommandIo): Promise<ExitCode> {
  const usage = 'keyfob audit verify [--key FILE]... [--config FILE] [--head HASH]... [--mixed] FILE...';
  return runCommand({ args, io, usage }, async () => {
    const { values, positionals } = parseCommandLine(args, { options, positionals: ['verify', 'FILE...'] });
    const [action, ...files] = positionals;
    if (action !== 'verify') throw new UsageError("the command is 'audit verify'");
    if (files.length === 0) throw new UsageError("a file is needed, or '-' for standard input");
    const keys = await readKeys(values, io);
    const report = new Report(io);
    const verifier = new ChainVerifier(keys, (remark) => report.add(remark));
    for (const file of files) {
      report.file = file;
      report.summarise(await readLines(file, verifier, values.mixed));
    }
    verifier.endOfChain();
    for (const head of values.head ?? [])
      if (!verifier.hasSeen(head))
        report.add({ kind: 'damage', text: `no record has the hash ${head}: the end was cut off` });
    return report.finish();
  });
}

interface KeyFlags {
  readonly key?: readonly string[] | undefined;
  readonly config?: string | undefined;
}

async function readKeys({ key = [], config }: KeyFlags, { env }: CommandIo): Promise<readonly ChainKey[]> {
  const settings: CredentialSetting[] = key.map((file) => ({ file }));
  if (config !== undefined) {
    const configured = (await createConfigLoader({ config }, env).load()).config.audit.key;
    if (configured !== undefined) settings.push(configured);
  }
  return Promise.all(settings.map(async (setting) => toChainKey(await readSymmetricKey(setting, PURPOSE))));
}

async function readLines(file: string, verifier: ChainVerifier, isMixed: boolean): Promise<FileSummary> {
  const splitter = new LineSplitter((line) => {
    if (!isMixed || isOwn(line)) verifier.line(line);
    else verifier.skip();
  });
  try {
    for await (const bytes of file === '-' ? process.stdin : createReadStream(file)) splitter.push(Buffer.from(bytes));
  } catch (cause) {
    throw new CommandFailure(`'${file}' cannot be read`, { cause });
  }
  return verifier.endOfFile(isMixed && !isOwn(splitter.rest) ? Buffer.alloc(0) : splitter.rest);
}

const isOwn = (line: Buffer): boolean => OWN_LINES.some((start) => line.subarray(0, start.length).toString() === start);

/** What is said of the files, and what it comes to. */
class Report {
  readonly #io: CommandIo;
  file = '';
  #damages = 0;
  #said = 0;

  constructor(io: CommandIo) {
    this.#io = io;
  }

  add({ kind, text }: Remark): void {
    if (kind === 'damage') this.#damages += 1;
    this.#said += 1;
    if (this.#said > MAX_REMARKS) return;
    const line = `${this.file}: ${text}\n`;
    if (kind === 'damage') this.#io.stdout(line);
    else this.#io.stderr(`note: ${line}`);
  }

  summarise({ lines, blocks, head }: FileSummary): void {
    if (blocks === 0) this.add({ kind: 'damage', text: 'there is no record of a chain in it' });
    else
      this.#io.stdout(
        `${this.file}: ${lines} lines in ${blocks} blocks; the head is block ${head.block}, ${head.hash}\n`,
      );
  }

  finish(): ExitCode {
    const [damages, unsaid] = [this.#damages, this.#said - MAX_REMARKS];
    if (unsaid > 0) this.#io.stdout(`and ${unsaid} more\n`);
    const found = `damaged: ${damages} ${damages === 1 ? 'finding' : 'findings'}\n`;
    this.#io.stdout(damages === 0 ? 'whole: every line is as it was written\n' : found);
    return damages === 0 ? 0 : 1;
  }
}
