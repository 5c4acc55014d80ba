// A JDK for the tests.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installDebian } from './install-debian.ts';

const run = promisify(execFile);
/** The first one with unix sockets that has long-term support. */
const OLDEST = 17;

/**
 * `java`, of a JDK: only that runs a source file.
 * @throws MissingTool, Error as `installDebian` does.
 */
export function installJava(): Promise<string> {
  return installDebian('a JDK', ['default-jdk-headless'], findJava);
}

async function findJava(): Promise<string | undefined> {
  try {
    const { stdout: version } = await run('java', ['--version']);
    const { stdout: modules } = await run('java', ['--list-modules']);
    const major = Number(/^\w+ (\d+)/.exec(version)?.[1] ?? 0);
    return major >= OLDEST && /^jdk\.compiler@/m.test(modules) ? 'java' : undefined;
  } catch {
    return undefined;
  }
}

if (import.meta.main) process.stdout.write(`${await installJava()}\n`);
