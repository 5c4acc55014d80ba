import type { Harness } from '../contract/contract-case.ts';
import { awsVersionIds } from '../providers/aws/aws-unsupported.ts';
import { callSecretsManager, type TestKeys } from './aws-call.ts';
import { startAwsProvider } from './aws-provider.ts';

export interface EmulatorPlace {
  readonly address: string;
  /** Seeds. */
  readonly admin: TestKeys;
  /** The provider's. */
  readonly keys: TestKeys;
}

let stores = 0;

/** A region of its own, and a provider that reads it. */
export async function createAwsHarness({ address, admin, keys }: EmulatorPlace): Promise<Harness> {
  const region = `test-region-${++stores}`;
  const { provider, log } = await startAwsProvider({ address, region }, keys);
  const call = (operation: string, input: object) =>
    callSecretsManager({ address, region, keys: admin }, operation, input);
  const names = new Set<string>();
  return {
    provider,
    async seed(path, values) {
      // The emulators take names that AWS does not.
      if (!/^[\w/+=.@!-]{1,512}$/.test(path)) throw new TypeError('no name of AWS');
      const ids: string[] = [];
      for (const value of values) {
        const content =
          typeof value === 'string' ? { SecretString: value } : { SecretBinary: Buffer.from(value).toString('base64') };
        const input = names.has(path) ? { SecretId: path, ...content } : { Name: path, ...content };
        const answer = await call(names.has(path) ? 'PutSecretValue' : 'CreateSecret', input);
        names.add(path);
        ids.push(answer.VersionId);
      }
      for (const id of ids) await call('GetSecretValue', { SecretId: path, VersionId: id });
    },
    versionIds: awsVersionIds,
    printed: () => log.text(),
    close: async () => undefined,
  };
}
