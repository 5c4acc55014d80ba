// Prometheus for the tests, and promtool, which judges rules and metrics.
import { join } from 'node:path';
import { unpackDebian } from './unpack-debian.ts';

/** Paths of the programs. */
export interface Prometheus {
  readonly server: string;
  readonly promtool: string;
}

/** @throws MissingTool, Error as `unpackDebian` does. */
export async function installPrometheus(): Promise<Prometheus> {
  const folder = await unpackDebian('prometheus', 'usr/bin/prometheus');
  return { server: join(folder, 'usr/bin/prometheus'), promtool: join(folder, 'usr/bin/promtool') };
}

if (import.meta.main) process.stdout.write(`${(await installPrometheus()).server}\n`);
