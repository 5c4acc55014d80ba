import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestClient } from './test-client.ts';
import type { TestKeyfob, TestKeyfobOptions } from './test-keyfob.ts';
import { testSettings } from './test-settings.ts';

// Beside the bundle of this module, or where the build puts it.
const PROGRAMS = ['./keyfob.js', '../../dist/keyfob.js'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
const ANNOUNCED = /listening on ([^,;]+)/;

/**
 * Starts a daemon as a process of its own: what runs in production, and what a test of another language starts, too.
 * @throws Error with what it wrote, when it does not start
 */
export async function spawnKeyfob(options: TestKeyfobOptions = {}): Promise<TestKeyfob> {
  const folder = await mkdtemp(join(tmpdir(), 'keyfob-'));
  const file = join(folder, 'keyfob.json');
  // The log tells where it listens.
  const config = { log: { level: 'info' }, ...options.config };
  await writeFile(file, testSettings({ ...options, config }), { mode: 0o600 });
  const program = PROGRAMS.find((path) => existsSync(path)) ?? '';
  // A loader or a profiler of the test runner is no business of the daemon's.
  const { NODE_OPTIONS: _, ...env } = process.env;
  const child = spawn(process.execPath, [program, 'serve', '--config', file], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const end = async (): Promise<void> => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const keyfob = new TestClient(await announced(child), end);
    await keyfob.putAll(options.secrets ?? {});
    return keyfob;
  } catch (error) {
    await end();
    throw error;
  }
}

/** The address that the daemon says it listens on. */
function announced(child: ChildProcess): Promise<string> {
  let written = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      const address = ANNOUNCED.exec((written += text))?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`the daemon did not start: ${written}`)));
  });
}
