import type { Test } from 'tap';
import type { Clock } from '../../../src/core/clock.ts';
import type { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import type { AzureTools } from '../../../src/credentials/azure/azure-tools.ts';
import type { EntraClient } from '../../../src/credentials/azure/entra-login.ts';
import type { Environment } from '../../../src/core/environment.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { CLIENT, type FakeAzure, startFakeAzure, TENANT } from '../../fakes/fake-azure.ts';
import type { FakeGrant } from '../../fakes/fake-azure-tokens.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import type { CertificateFiles } from '../../fakes/make-certificate.ts';
import type { AccessToken } from '../../../src/credentials/azure/access-token.ts';

export const RESOURCE = 'https://vault.azure.net';
export const signal = new AbortController().signal;

/** A fake Azure, and what a credential needs to ask it. */
export interface AzureBench {
  readonly azure: FakeAzure;
  readonly clock: FakeClock;
  readonly log: RecordingLog;
  readonly tools: AzureTools;
  /** The usual application. */
  readonly client: EntraClient;
}

export interface BenchOptions {
  readonly files: CertificateFiles;
  readonly env?: Environment;
  /** Ours, where it differs from that of the fake. */
  readonly ourClock?: (clock: FakeClock) => Clock;
}

/** A bench that is taken down with the test. */
export async function createBench(t: Test, { files, env = {}, ourClock }: BenchOptions): Promise<AzureBench> {
  const clock = new FakeClock();
  const azure = await startFakeAzure(clock, files);
  const http = createHttpClient({ tls: { ca: files.cert }, maxResponseBytes: 100_000 });
  const metadataHttp = createHttpClient({ maxResponseBytes: 100_000 });
  t.teardown(async () => {
    await Promise.all([http.close(), metadataHttp.close(), azure.close()]);
  });
  const log = new RecordingLog();
  const tools = { http, metadataHttp, clock: ourClock?.(clock) ?? clock, log, env, provider: 'azure' };
  return {
    azure,
    clock,
    log,
    tools,
    client: { tenantId: TENANT, clientId: CLIENT, authority: new URL(azure.entra.origin) },
  };
}

/** What the fake gave the token out for. */
export function grantOf({ azure }: AzureBench, token: AccessToken): FakeGrant {
  const grant = azure.tokens.find(token.value.expose());
  if (grant === undefined) throw new TypeError('the fake did not give out this token');
  return grant;
}

/** Asserts that the work fails with `Category/Code`, and gives the error. */
export async function fails(t: Test, work: Promise<unknown>, expected: string): Promise<SecretsError> {
  const error: SecretsError = await work.then(
    () => {
      throw new TypeError(`should fail with ${expected}`);
    },
    (reason) => reason,
  );
  t.equal(`${error.category}/${error.code}`, expected, error.message);
  return error;
}
