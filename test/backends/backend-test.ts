import { test, type Test } from 'tap';
import { installAwsEmulators, installOpenBao, MissingTool } from '../../scripts/install-backends.ts';
import { installPostgres } from '../../scripts/install-postgres.ts';

/**
 * A test that needs a real server. On a machine that lacks what it takes to install it, the test is skipped with the
 * reason, and fails when `CI` is set. Any other trouble fails everywhere.
 */
type BackendTest = (name: string, run: (t: Test) => Promise<void>, timeoutMs?: number) => Promise<void>;

function createBackendTest(server: string, install: () => Promise<string>): BackendTest {
  let installed: Promise<Error | undefined> | undefined;
  return async (name, run, timeoutMs = 60_000) => {
    const trouble = await (installed ??= findTrouble(install));
    if (trouble === undefined) await test(name, { timeout: timeoutMs }, run);
    else if (trouble instanceof MissingTool && (process.env['CI'] ?? '') === '') {
      process.stderr.write(`SKIPPED: ${name}: no real ${server}, ${trouble.message}\n`);
      await test(name, { skip: trouble.message }, async () => undefined);
    } else await test(name, async () => Promise.reject(trouble));
  };
}

const findTrouble = (install: () => Promise<string>): Promise<Error | undefined> =>
  install().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );

/** At OpenBao. */
export const openBaoTest = createBackendTest('OpenBao', installOpenBao);

/** At OpenBao with a PostgreSQL behind it. */
export const postgresTest = createBackendTest('OpenBao or PostgreSQL', async () => {
  await installOpenBao();
  return installPostgres();
});

/** At moto or ministack. */
export const awsTest = createBackendTest('emulator of AWS', installAwsEmulators);
