import type { Test } from 'tap';
import type { Call } from '../../../src/core/call.ts';
import type { Clock } from '../../../src/core/clock.ts';
import type { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import type { SecretProvider } from '../../../src/core/provider.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { toSelector } from '../../../src/core/selector.ts';
import { azureProvider } from '../../../src/providers/azure/provider.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { type FakeAzure, startFakeAzure } from '../../fakes/fake-azure.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type CertificateFiles, makeCertificate } from '../../fakes/make-certificate.ts';

export const call: Call = { signal: new AbortController().signal };

export interface RigOptions {
  readonly files: CertificateFiles;
  /** On top of those of the fake. */
  readonly options?: Readonly<Record<string, unknown>>;
  readonly clock?: Clock;
}

/** A provider at a fake Azure, on a clock that stands still unless told otherwise. */
export class AzureRig {
  readonly azure: FakeAzure;
  readonly provider: SecretProvider;
  readonly log = new RecordingLog();
  readonly identityCalls: string[] = [];

  constructor(azure: FakeAzure, clock: Clock, { files, options }: RigOptions) {
    this.azure = azure;
    this.provider = azureProvider.create(
      'azure',
      { ...azure.options, tls: { ca: files.cert }, ...options },
      { clock, log: this.log, recordIdentityCall: (status) => this.identityCalls.push(status) },
    );
  }

  get(path: string, version?: string, stage?: string): Promise<Secret> {
    return this.provider.get(this.provider.locate(path, toSelector(version, stage)), call);
  }

  async text(path: string): Promise<string> {
    return String((await this.get(path)).value.expose());
  }
}

/** A certificate for the servers of a test file. */
export const makeServerCertificate = (t: Test): Promise<CertificateFiles> =>
  makeCertificate(t.testdir(), 'azure', 'DNS:localhost,IP:127.0.0.1');

/** A rig that is taken down with the test; not started, so that the fake can be changed first. */
export async function createRig(t: Test, options: RigOptions): Promise<AzureRig> {
  const clock = options.clock ?? new FakeClock();
  const azure = await startFakeAzure(clock, options.files);
  const rig = new AzureRig(azure, clock, options);
  t.teardown(async () => {
    await rig.provider.close();
    await azure.close();
  });
  return rig;
}

/** The failure of the work, which must be of the taxonomy. */
export async function failureOf(work: Promise<unknown>): Promise<SecretsError> {
  return work.then(
    () => {
      throw new TypeError('the work should fail');
    },
    (reason) => reason,
  );
}

/** Asserts that the work fails with `Category/Code`, and gives the error. */
export async function fails(t: Test, work: Promise<unknown>, expected: string): Promise<SecretsError> {
  const error = await failureOf(work);
  t.equal(`${error.category}/${error.code}`, expected, error.message);
  return error;
}
