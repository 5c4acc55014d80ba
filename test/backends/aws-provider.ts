import { tmpdir } from 'node:os';
import { systemClock } from '../../src/core/clock.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import { parseOptions } from '../../src/providers/aws/options.ts';
import { SecretsManager } from '../../src/providers/aws/secrets-manager.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import type { TestKeys } from './aws-call.ts';

export interface StartedProvider {
  readonly provider: SecretProvider;
  readonly log: RecordingLog;
}

/** A started provider that finds these keys in the environment, at an emulator. */
export async function startAwsProvider(
  place: { readonly address: string; readonly region: string },
  keys: TestKeys,
): Promise<StartedProvider> {
  const { address, region } = place;
  const log = new RecordingLog();
  const options = { region, endpoint: address, stsEndpoint: address, allowExecutable: false, insecure: false };
  const provider = new SecretsManager('aws', parseOptions(options), {
    clock: systemClock,
    log,
    recordIdentityCall: () => undefined,
    env: { AWS_ACCESS_KEY_ID: keys.id, AWS_SECRET_ACCESS_KEY: keys.secret },
    homeDirectory: tmpdir(),
    random: Math.random,
  });
  await provider.start();
  return { provider, log };
}
