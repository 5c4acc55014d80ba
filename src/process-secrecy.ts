import { writeFileSync } from 'node:fs';
import { ConfigurationError } from './core/errors/configuration-error.ts';

/** What the process was started with, and may do to itself. */
export interface ProcessFacts {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

// Each writes memory, or opens it to a debugger. `-r` and `--import` may do anything, but who sets them needs nothing of us.
const REVEALING =
  /^--(?:heapsnapshot-(?:signal|near-heap-limit)|heap-prof|inspect(?:-brk|-wait|-port|-publish-uid)?|debug-port|abort-on-uncaught-exception)(?:[=\s]|$)/;

/**
 * Refuses options of Node.js that would write the memory, and so every secret, to a file, or open it to a debugger.
 * @throws ConfigurationError `MissingEndpoint`
 */
export function assertSecretMemory({ execArgv, env }: ProcessFacts): void {
  const options = [...execArgv, ...(env['NODE_OPTIONS'] ?? '').split(/\s+/)].map((option) =>
    option.replaceAll('"', ''),
  );
  const found = options.find((option) => REVEALING.test(option.replaceAll('_', '-')));
  if (found === undefined) return;
  const [name] = found.split('=');
  throw new ConfigurationError(
    'MissingEndpoint',
    `the option '${name}' of Node.js would reveal the memory, and with it every secret: take it out of NODE_OPTIONS or the command`,
  );
}

// Linux writes no part of the memory into a core file then (core(5)); the file itself is made as before.
const NO_MEMORY = '0';

/**
 * Keeps what is in memory in memory: no debugger by SIGUSR1, no report with the environment in it, no memory in a core
 * file.
 * @returns whether a core file would be without memory; where there is no `/proc` nothing can be done about it here
 */
export function keepMemorySecret(): boolean {
  // A handler takes the place of Node's own, which listens for a debugger.
  process.on('SIGUSR1', () => undefined);
  const { report } = process;
  [report.reportOnFatalError, report.reportOnSignal, report.reportOnUncaughtException] = [false, false, false];
  try {
    writeFileSync('/proc/self/coredump_filter', NO_MEMORY);
    return true;
  } catch {
    return false;
  }
}
