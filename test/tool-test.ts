import { test, type Test } from 'tap';
import { MissingTool } from '../scripts/missing-tool.ts';

/**
 * A test that needs tools that npm does not bring. On a machine that lacks what it takes to install them, the test is
 * skipped with the reason, and fails when `CI` is set. Any other trouble fails everywhere.
 */
export type ToolTest = (name: string, run: (t: Test) => Promise<void>, timeoutMs?: number) => Promise<void>;

export function createToolTest(tool: string, install: () => Promise<unknown>): ToolTest {
  let installed: Promise<Error | undefined> | undefined;
  return async (name, run, timeoutMs = 60_000) => {
    const trouble = await (installed ??= findTrouble(install));
    if (trouble === undefined) await test(name, { timeout: timeoutMs }, run);
    else if (trouble instanceof MissingTool && (process.env['CI'] ?? '') === '') {
      process.stderr.write(`SKIPPED: ${name}: no ${tool}, ${trouble.message}\n`);
      await test(name, { skip: trouble.message }, async () => undefined);
    } else await test(name, async () => Promise.reject(trouble));
  };
}

const findTrouble = (install: () => Promise<unknown>): Promise<Error | undefined> =>
  install().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
