import { randomBytes } from 'node:crypto';
import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Daemon, startDaemon, writeConfig } from '../e2e/daemon.ts';
import { type Scope, temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import { vaultConfig, vaultEnv, vaultStore } from '../e2e/vault-store.ts';
import type { FakeVault } from '../fakes/fake-vault.ts';
import type { Random } from '../fuzz/random.ts';
import { bundleWriter, writeUntilKilled } from './killed-writer.ts';
import { PassingScope } from './passing-scope.ts';
import { TellingValues } from './telling-values.ts';
import { timedRead, type TimedRead } from './timed-read.ts';

export interface KillFigures {
  kills: number;
  /** The writer was killed before its first write. */
  early: number;
  /** It left a draft behind. */
  drafts: number;
  /** Files that it had written. */
  files: number;
  /** Values that daemons served from the file. */
  served: number;
  readonly failures: string[];
}

export interface KillCampaignOptions {
  readonly kills: number;
  readonly random: Random;
  readonly onKill?: (figures: KillFigures) => void;
}

// Some are large, so that a write takes a while.
const LARGE = Array.from({ length: 6 }, (_, at) => `large/${at}`);
const PATHS = [...LARGE, ...Array.from({ length: 12 }, (_, at) => `small/${at}`)];
const LARGE_BYTES = 600_000;

interface Bench {
  readonly vault: FakeVault;
  readonly values: TellingValues;
  readonly config: Readonly<Record<string, unknown>>;
  readonly configFile: string;
  readonly cacheFile: string;
  readonly env: Readonly<Record<string, string>>;
  readonly program: string;
}

/**
 * Kills a process that writes the cache file at random moments; after each kill a daemon starts while the store is down
 * and must serve what is in the file, whole and not older than what was there before.
 */
export async function killCampaign(scope: Scope, { kills, random, onKill }: KillCampaignOptions): Promise<KillFigures> {
  const figures: KillFigures = { kills: 0, early: 0, drafts: 0, files: 0, served: 0, failures: [] };
  const bench = await setUp(scope);
  const versions = new Map<string, number>();
  let promised = 0;
  while (figures.kills < kills) {
    bench.values.serveFrom(bench.vault);
    const { last, files } = await writeUntilKilled({ ...bench, paths: PATHS }, random);
    promised = Math.max(promised, last);
    figures.kills++;
    figures.files += files;
    if (files === 0) figures.early++;
    if (await exists(`${bench.cacheFile}.draft`)) figures.drafts++;
    bench.vault.fault = () => 'reset';
    if (promised > 0) await serve(bench, { figures, versions, promised, random });
    onKill?.(figures);
  }
  return figures;
}

async function setUp(scope: Scope): Promise<Bench> {
  const folder = await temporaryDirectory(scope);
  const vault = await vaultStore(scope);
  const [configFile, cacheFile, key] = ['keyfob.yaml', 'cache.bin', 'key'].map((name) => join(folder, name));
  if (configFile === undefined || cacheFile === undefined || key === undefined) throw new TypeError('three names');
  await writeFile(key, randomBytes(32));
  const persistence = { file: cacheFile, key: { file: key } };
  const usual = vaultConfig(vault.address);
  const [provider] = Array.isArray(usual['providers']) ? usual['providers'] : [];
  const config = {
    // A busy machine is no outage, and the writer asks as fast as it can.
    providers: [{ ...provider, attemptTimeout: '10s' }],
    budget: { perSecond: 100_000, burst: 1_000_000 },
    cache: { persistence },
    audit: { enabled: false },
  };
  await writeConfig(configFile, config);
  const program = join(folder, 'cache-writer.mjs');
  await bundleWriter(program);
  const values = new TellingValues((path) => (LARGE.includes(path) ? LARGE_BYTES : 100));
  return { vault, values, config, configFile, cacheFile, env: vaultEnv, program };
}

interface Serving {
  readonly figures: KillFigures;
  /** What was served last, by path. */
  readonly versions: Map<string, number>;
  /** What is in the file is not older than this. */
  readonly promised: number;
  readonly random: Random;
}

/** The daemon starts without its store and serves every secret. */
async function serve(bench: Bench, { figures, versions, promised, random }: Serving): Promise<void> {
  const passing = new PassingScope();
  try {
    const daemon = await startDaemon(passing, { config: bench.config, env: bench.env });
    for (const path of PATHS) {
      const { status, isStale, body } = await until('it is not overloaded', () => readUnlessOverloaded(daemon, path));
      if (status !== 200 || !isStale) throw new Error(`${path}: ${status} ${isStale} ${body.slice(0, 200)}`);
      const version = bench.values.check(path, body);
      if (version < Math.max(promised, versions.get(path) ?? 0)) throw new Error(`${path}: an older value came back`);
      versions.set(path, version);
      figures.served++;
    }
    // Half of them write the file once more.
    if (random.chance(0.5)) await daemon.stop();
    const complaints = daemon.log.filter(({ level, msg }) => level === 'error' && /cache file/.test(String(msg)));
    if (complaints.length > 0) throw new Error(`the daemon complained: ${JSON.stringify(complaints)}`);
  } catch (error) {
    figures.failures.push(`kill ${figures.kills}: ${String(error)}`);
  } finally {
    await passing.end();
  }
}

/** Undefined from a daemon that sheds load: a machine that starts processes all the time is busy. */
async function readUnlessOverloaded(daemon: Daemon, path: string): Promise<TimedRead | undefined> {
  const read = await timedRead(daemon.address(), path);
  return read.status === 503 && read.body.includes('"Overloaded"') ? undefined : read;
}

/** The figures for people. */
export const toSentence = ({ kills, early, drafts, files, served, failures }: KillFigures): string =>
  `${kills} kills, ${early} before the first file, ${drafts} with a file half-written; ${files} files, from which ${served} values were served; ${failures.length} failures`;

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
