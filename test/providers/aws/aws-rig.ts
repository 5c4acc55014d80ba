import { homedir } from 'node:os';
import type { Test } from 'tap';
import type { Call } from '../../../src/core/call.ts';
import type { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { toSelector } from '../../../src/core/selector.ts';
import { parseOptions } from '../../../src/providers/aws/options.ts';
import { SecretsManager } from '../../../src/providers/aws/secrets-manager.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import {
  type FakeSecretsManager,
  KEY_ID,
  SECRET_KEY,
  startFakeSecretsManager,
} from '../../fakes/fake-aws-secrets-manager.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

export const call: Call = { signal: new AbortController().signal };

/** What the keys of the fake look like to the credential chain, and no file of this machine. */
export const fakeEnv = {
  AWS_ACCESS_KEY_ID: KEY_ID,
  AWS_SECRET_ACCESS_KEY: SECRET_KEY,
  AWS_CONFIG_FILE: '/nowhere/config',
  AWS_SHARED_CREDENTIALS_FILE: '/nowhere/credentials',
  AWS_EC2_METADATA_DISABLED: 'true',
} as const;

export interface RigOptions {
  /** Of the keys as the fake knows them. */
  readonly sessionToken?: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A provider at a fake Secrets Manager, on a clock that stands still. */
export class AwsRig {
  readonly aws: FakeSecretsManager;
  readonly provider: SecretsManager;
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  readonly identityCalls: string[] = [];

  constructor(aws: FakeSecretsManager, { options = {}, env = fakeEnv }: RigOptions) {
    this.aws = aws;
    const { address } = aws;
    const defaults = {
      region: 'eu-west-1',
      endpoint: address,
      stsEndpoint: address,
      allowExecutable: false,
      insecure: false,
    };
    this.provider = new SecretsManager('aws', parseOptions({ ...defaults, ...options }), {
      clock: this.clock,
      log: this.log,
      recordIdentityCall: (status) => this.identityCalls.push(status),
      env,
      homeDirectory: homedir(),
      random: () => 0,
    });
  }

  get(path: string, version?: string, stage?: string): Promise<Secret> {
    return this.provider.get(this.provider.locate(path, toSelector(version, stage)), call);
  }

  async text(path: string): Promise<string> {
    return String((await this.get(path)).value.expose());
  }
}

/** A started rig that is taken down with the test; `app/db` is there. */
export async function startRig(t: Test, rigOptions: RigOptions = {}): Promise<AwsRig> {
  const aws = await startFakeSecretsManager();
  aws.store.put('app/db', '{"a":1}');
  const { sessionToken } = rigOptions;
  if (sessionToken !== undefined) aws.keys.set(KEY_ID, { secretAccessKey: SECRET_KEY, sessionToken });
  const rig = new AwsRig(aws, rigOptions);
  t.teardown(async () => {
    await rig.provider.close();
    await aws.close();
  });
  await rig.provider.start();
  return rig;
}

/** Asserts that the work fails with `Category/Code`, and gives the error. */
export async function fails(t: Test, work: Promise<unknown>, expected: string): Promise<SecretsError> {
  const error: SecretsError = await work.then(
    () => t.fail(`should fail with ${expected}`),
    (reason) => reason,
  );
  t.equal(`${error.category}/${error.code}`, expected, error.message);
  return error;
}
