import { test } from 'tap';
import { providerContract } from '../../contract/provider-contract.ts';
import { startFakeVault } from '../../fakes/fake-vault.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { vaultProvider } from '../../../src/providers/vault/provider.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { kvUnsupported } from './kv-unsupported.ts';
import { tokenAuth, TOKEN } from './vault-rig.ts';

test('the contract, at a fake that keeps the text of numbers', (t) =>
  providerContract(t, {
    name: 'vault',
    unsupported: kvUnsupported,
    async create() {
      const vault = await startFakeVault({ token: TOKEN });
      const log = new RecordingLog();
      const options = {
        address: vault.address,
        mount: 'secret',
        revokeOnShutdown: true,
        insecure: false,
        auth: tokenAuth,
      };
      const provider = vaultProvider.create('vault', options, {
        clock: systemClock,
        log,
        recordIdentityCall: () => undefined,
      });
      await provider.start(() => undefined);
      return {
        provider,
        async seed(path, values) {
          for (const value of values) {
            if (typeof value !== 'string' || !value.trim().startsWith('{')) throw new TypeError('only JSON objects');
            JSON.parse(value);
            vault.setSecret(path, value);
          }
        },
        deleteVersion: async (path, n) => vault.kv.delete(path, n),
        destroyVersion: async (path, n) => vault.kv.destroy(path, n),
        refuse: async (path) => void vault.denied.add(path),
        versionIds: { missing: '99', malformed: '0' },
        printed: () => log.text(),
        close: () => vault.close(),
      };
    },
  }));
