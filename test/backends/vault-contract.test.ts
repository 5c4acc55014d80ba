import type { Test } from 'tap';
import { type ContractConfig, providerContract } from '../contract/provider-contract.ts';
import { kvUnsupported } from '../providers/vault/kv-unsupported.ts';
import { openBaoTest } from './backend-test.ts';
import { startOpenBao } from './openbao.ts';
import { createHarness, type VaultBench } from './vault-contract-harness.ts';

const unsupported = {
  ...kvUnsupported,
  'a JSON object keeps every type as it is written': { reason: 'OpenBao itself keeps numbers as doubles' },
} as const satisfies ContractConfig['unsupported'];

async function runContract(t: Test, bench: VaultBench): Promise<void> {
  const bao = await startOpenBao();
  t.teardown(() => bao.stop());
  await providerContract(t, {
    name: `vault with ${bench.method}`,
    unsupported,
    create: () => createHarness(bao, bench),
  });
}

await openBaoTest('the contract at a real OpenBao, with a token', (t) =>
  runContract(t, { method: 'token', version: 2 }),
);
await openBaoTest('the contract at a real OpenBao, with AppRole', (t) =>
  runContract(t, { method: 'approle', version: 2 }),
);
