import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checks, type CheckResult } from './checks.ts';
import { perform } from './connection.ts';
import type { Mode } from './exchange.ts';
import { Figures } from './figures.ts';
import { type FuzzedDaemon, startFuzzedDaemon } from './fuzzed-daemon.ts';
import { generateExchange } from './generate-exchange.ts';
import { exchangeChecks, judge, mayBeHead } from './judge.ts';
import { daemonChecks, judgeDaemon } from './judge-daemon.ts';

export interface FuzzOptions {
  /** The checkout, with the built daemon in it. */
  readonly root: string;
  readonly seed: number;
  readonly requests: number;
  readonly mode: Mode;
  /** Sends only the exchange of this number. */
  readonly only?: number;
}

export interface FuzzResult {
  readonly figures: Figures;
  readonly checks: readonly CheckResult[];
}

const PARALLEL = 32;
const MEMORY_SAMPLES = 20;

/** Sends fuzzed requests to a daemon of its own, many connections at a time, and judges what comes. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  const directory = await mkdtemp(join(tmpdir(), 'kf-'));
  const daemon = await startFuzzedDaemon({ root: options.root, directory, mode: options.mode });
  const into = { checks: new Checks([...exchangeChecks, ...daemonChecks]), figures: new Figures() };
  try {
    await sampleMemory(daemon, into.figures, 0);
    await sendAll(daemon, options, into);
    await sampleMemory(daemon, into.figures, 1);
    await judgeDaemon(daemon, into.figures, into.checks);
    return { figures: into.figures, checks: into.checks.results() };
  } finally {
    await daemon.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function sendAll(
  daemon: FuzzedDaemon,
  { seed, requests, mode, only }: FuzzOptions,
  into: { readonly checks: Checks; readonly figures: Figures },
): Promise<void> {
  const { figures } = into;
  let index = only ?? 0;
  let sampled = 0;
  const work = async (): Promise<void> => {
    while (figures.requests < requests && daemon.isRunning()) {
      const exchange = generateExchange({ seed, index: index++, mode });
      const outcome = await perform(exchange, daemon.addresses[exchange.listener], mayBeHead(exchange));
      judge({ exchange, outcome, mode }, into);
      if (only !== undefined) return;
      if (figures.requests >= ((sampled + 1) * requests) / MEMORY_SAMPLES) {
        sampled += 1;
        await sampleMemory(daemon, figures, sampled / MEMORY_SAMPLES);
      }
    }
  };
  await Promise.all(Array.from({ length: only === undefined ? PARALLEL : 1 }, work));
}

async function sampleMemory(daemon: FuzzedDaemon, figures: Figures, share: number): Promise<void> {
  figures.memory.push({ share, bytes: await daemon.memory() });
}
