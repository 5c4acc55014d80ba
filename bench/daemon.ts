import { mkdtemp, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import { nodeFlags } from '../scripts/node-flags.ts';
import type { Pinning } from './pinning.ts';

/** A built daemon on a free port and on a unix socket. */
export interface BenchDaemon extends Child {
  readonly port: number;
  readonly socketPath: string;
  /** Cuts the audit file off, which would grow by gigabytes. */
  trimAudit(): Promise<void>;
}

export interface DaemonPlan {
  readonly pinning: Pinning;
  /** Its files get a directory of their own in it. */
  readonly directory: string;
  /** The bundle that is started. */
  readonly bundle: string;
  /** A provider, as in the configuration. */
  readonly provider: object;
  /** What else is configured, or configured in another way. */
  readonly settings?: object;
}

/** Starts a bundle as the image does, with guards, metrics and an audit file. */
export async function startDaemon(plan: DaemonPlan): Promise<BenchDaemon> {
  const directory = await mkdtemp(join(plan.directory, 'daemon-'));
  const [configFile, auditFile] = [join(directory, 'keyfob.yaml'), join(directory, 'audit.log')];
  const socketPath = join(directory, 'keyfob.sock');
  const config = {
    listen: ['127.0.0.1:0', `unix:${socketPath}`],
    drain: '0ms',
    providers: [plan.provider],
    cache: { ttl: '1h', maxEntries: 20_000, maxBytes: '256MiB' },
    // Wide enough to read ten thousand secrets at once.
    budget: { perSecond: 100_000, burst: 100_000 },
    audit: { enabled: true, sink: auditFile },
    log: { level: 'info' },
    ...plan.settings,
  };
  await writeFile(configFile, JSON.stringify(config));
  const args = [...nodeFlags, plan.bundle, 'serve', '--config', configFile];
  const prefix = [...plan.pinning.server, 'env', 'MALLOC_ARENA_MAX=1', 'MALLOC_MMAP_THRESHOLD_=32768'];
  const child = await startChild({ prefix, args, ready: /listening on \S*127\.0\.0\.1:(\d+)/ });
  return { ...child, port: Number(child.said), socketPath, trimAudit: () => truncate(auditFile) };
}
