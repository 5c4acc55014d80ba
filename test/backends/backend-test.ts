import { installAwsEmulators, installOpenBao } from '../../scripts/install-backends.ts';
import { installPostgres } from '../../scripts/install-postgres.ts';
import { createToolTest } from '../tool-test.ts';

/** At OpenBao. */
export const openBaoTest = createToolTest('real OpenBao', installOpenBao);

/** At OpenBao with a PostgreSQL behind it. */
export const postgresTest = createToolTest('real OpenBao or PostgreSQL', async () => {
  await installOpenBao();
  return installPostgres();
});

/** At moto or ministack. */
export const awsTest = createToolTest('real emulator of AWS', installAwsEmulators);
