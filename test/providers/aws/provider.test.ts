import { homedir } from 'node:os';
import { test } from 'tap';
import { systemClock } from '../../../src/core/clock.ts';
import { parseOptions } from '../../../src/providers/aws/options.ts';
import { awsProvider } from '../../../src/providers/aws/provider.ts';
import { SecretsManager } from '../../../src/providers/aws/secrets-manager.ts';
import { providerContract } from '../../contract/provider-contract.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { startFakeSecretsManager } from '../../fakes/fake-aws-secrets-manager.ts';
import { fakeEnv } from './aws-rig.ts';
import { awsUnsupported, awsVersionIds } from './aws-unsupported.ts';

test('the contract, at a strict fake', (t) =>
  providerContract(t, {
    name: 'aws',
    unsupported: awsUnsupported,
    async create() {
      const aws = await startFakeSecretsManager();
      const log = new RecordingLog();
      const options = {
        region: 'eu-west-1',
        endpoint: aws.address,
        stsEndpoint: aws.address,
        allowExecutable: false,
        insecure: false,
      };
      const provider = new SecretsManager('aws', parseOptions(options), {
        clock: systemClock,
        log,
        recordIdentityCall: () => undefined,
        env: fakeEnv,
        homeDirectory: homedir(),
        random: Math.random,
      });
      await provider.start();
      return {
        provider,
        async seed(path, values) {
          for (const value of values) aws.store.put(path, value);
        },
        refuse: async (path) => void aws.store.denied.add(`GetSecretValue:${path}`),
        versionIds: awsVersionIds,
        printed: () => log.text(),
        close: () => aws.close(),
      };
    },
  }));

test('the row of the table makes a provider', async (t) => {
  const provider = awsProvider.create(
    'aws',
    { region: 'eu-west-1', allowExecutable: false, insecure: false },
    { clock: systemClock, log: new RecordingLog(), recordIdentityCall: () => undefined },
  );
  t.match(provider, { name: 'aws', type: 'aws', isRotationIdempotent: true });
  await provider.close();
});
