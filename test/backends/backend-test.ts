import { test, type Test } from 'tap';
import { installOpenBao, MissingTool } from '../../scripts/install-backends.ts';

/**
 * A test that needs the real server. On a machine that lacks what it takes to install it, the test is skipped with the
 * reason, and fails when `CI` is set. Any other trouble fails everywhere.
 */
export async function openBaoTest(name: string, run: (t: Test) => Promise<void>): Promise<void> {
  const trouble = await findTrouble();
  if (trouble === undefined) await test(name, { timeout: 60_000 }, run);
  else if (trouble instanceof MissingTool && (process.env['CI'] ?? '') === '') {
    process.stderr.write(`SKIPPED: ${name}: no real OpenBao, ${trouble.message}\n`);
    await test(name, { skip: trouble.message }, async () => undefined);
  } else await test(name, async () => Promise.reject(trouble));
}

let installed: Promise<Error | undefined> | undefined;

const findTrouble = (): Promise<Error | undefined> =>
  (installed ??= installOpenBao().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  ));
