import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Child, startChild } from './child.ts';
import type { Pinning } from './pinning.ts';

/** A built daemon on a free port. */
export interface BenchDaemon extends Child {
  readonly port: number;
  /** Cuts the audit file off, which would grow by gigabytes. */
  trimAudit(): Promise<void>;
}

export interface DaemonPlan {
  readonly pinning: Pinning;
  /** Where its files go. */
  readonly directory: string;
  /** A provider, as in the configuration. */
  readonly provider: object;
}

/** Starts `dist/keyfob.js` as a user would, with guards, metrics and an audit file. */
export async function startDaemon({ pinning, directory, provider }: DaemonPlan): Promise<BenchDaemon> {
  const [configFile, auditFile] = [join(directory, 'keyfob.yaml'), join(directory, 'audit.log')];
  const config = {
    listen: ['127.0.0.1:0'],
    drain: '0ms',
    providers: [provider],
    cache: { ttl: '1h' },
    audit: { enabled: true, sink: auditFile },
    log: { level: 'info' },
  };
  await writeFile(configFile, JSON.stringify(config));
  const args = ['dist/keyfob.js', 'serve', '--config', configFile];
  const child = await startChild({ prefix: pinning.server, args, ready: /listening on \S*127\.0\.0\.1:(\d+)/ });
  return { ...child, port: Number(child.said), trimAudit: () => truncate(auditFile) };
}
