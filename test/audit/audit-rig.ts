import { readFile } from 'node:fs/promises';
import { AuditSink, type AuditSinkOptions } from '../../src/audit/audit-sink.ts';
import { type ChainKey, toChainKey } from '../../src/audit/chain-key.ts';
import { ChainVerifier, type FileSummary } from '../../src/audit/chain-verifier.ts';
import { LineSplitter } from '../../src/audit/line-splitter.ts';
import { FakeClock } from '../fakes/fake-clock.ts';

export const key: ChainKey = toChainKey(Buffer.alloc(32, 'k'));
export const otherKey: ChainKey = toChainKey(Buffer.alloc(32, 'o'));

/** A line of an access, as far as the chain cares. */
export const auditLine = (name: number | string): string => `{"type":"audit","secret_path":"app/${name}"}\n`;

/** A sink that takes a failure of any kind for one of the test. */
export function openSink(target: string, options: Partial<AuditSinkOptions> = {}): AuditSink {
  const fail = (error: Error): never => {
    throw error;
  };
  const onDrop = (): never => fail(new Error('a line was lost'));
  const onRecovery = (): void => undefined;
  return new AuditSink({ target, clock: new FakeClock(), onError: fail, onDrop, onRecovery, ...options });
}

export interface Verdict {
  readonly damages: readonly string[];
  readonly notices: readonly string[];
  readonly summaries: readonly FileSummary[];
  readonly hasSeen: (hash: string) => boolean;
}

/** What the verifier says of the contents of files, in their order. */
export function verify(contents: readonly (string | Buffer)[], keys: readonly ChainKey[] = []): Verdict {
  const [damages, notices]: [string[], string[]] = [[], []];
  const verifier = new ChainVerifier(keys, ({ kind, text }) => (kind === 'damage' ? damages : notices).push(text));
  const summaries = contents.map((content) => {
    const splitter = new LineSplitter((line) => verifier.line(line));
    splitter.push(Buffer.from(content));
    return verifier.endOfFile(splitter.rest);
  });
  verifier.endOfChain();
  return { damages, notices, summaries, hasSeen: (hash) => verifier.hasSeen(hash) };
}

/** A file of so many blocks of four lines, written and closed; its lines without their ends. */
export async function writeBlocks(file: string, blocks: number, options: Partial<AuditSinkOptions> = {}) {
  const clock = new FakeClock();
  const sink = openSink(file, { clock, ...options });
  for (let block = 0; block < blocks; block += 1) {
    for (let line = 0; line < 4; line += 1) sink.write([auditLine(`${block}/${line}`)]);
    await clock.advance(1_000);
  }
  await sink.close();
  return linesOf(await readFile(file, 'utf8'));
}

export const linesOf = (text: string): readonly string[] => text.split('\n').slice(0, -1);

export const toText = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
