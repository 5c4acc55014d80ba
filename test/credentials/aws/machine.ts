import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { systemClock } from '../../../src/core/clock.ts';
import type { AwsIdentityOptions } from '../../../src/credentials/aws/chain.ts';
import { metadataKeys, startFakeContainerAgent, startFakeImds } from '../../fakes/aws-metadata.ts';
import type { FakeContainerAgent, FakeImds } from '../../fakes/aws-metadata.ts';
import { startFakePortal, type FakePortal } from '../../fakes/aws-portal.ts';
import { startFakeSts, type FakeSts } from '../../fakes/aws-sts.ts';
import { RecordingLog } from '../../contract/recording-log.ts';

const HOUR_MS = 3_600_000;

/** The keys of `AKIAUSER<name>`, which every fake knows. */
export const userKeys = (name: string): string =>
  `aws_access_key_id = AKIAUSER${name}\naws_secret_access_key = secret-of-${name}\n`;

/** All that a machine in AWS may have around a process: a home directory and the services that hand out credentials. */
export interface Machine {
  readonly home: string;
  readonly sts: FakeSts;
  readonly imds: FakeImds;
  readonly agent: FakeContainerAgent;
  readonly portal: FakePortal;
  readonly log: RecordingLog;
  readonly identityCalls: string[];
  /** Variables that lead to the fakes, with nothing to pick yet; the instance metadata service is switched off. */
  readonly env: Readonly<Record<string, string>>;
  /** Writes a file below the home directory. */
  write(path: string, text: string): Promise<string>;
  /** What an identity is made of. */
  options(changes?: Partial<AwsIdentityOptions>): AwsIdentityOptions;
}

/** Starts the fakes; they and the directory end with the test. */
export async function startMachine(t: Test, clock = systemClock): Promise<Machine> {
  const home = await mkdtemp(join(tmpdir(), 'kf-aws-'));
  const now = (): number => clock.wallMs();
  const [sts, portal] = [await startFakeSts(now), await startFakePortal(now)];
  const imds = await startFakeImds(metadataKeys('INSTANCE', now() + HOUR_MS));
  const agent = await startFakeContainerAgent(metadataKeys('CONTAINER', now() + HOUR_MS));
  const http = createHttpClient({ maxResponseBytes: 100_000 });
  const [log, identityCalls]: [RecordingLog, string[]] = [new RecordingLog(), []];
  for (const name of ['a', 'b', 'c', 'env']) sts.keys.set(`AKIAUSER${name}`, { secretAccessKey: `secret-of-${name}` });
  for (const name of ['INSTANCE', 'CONTAINER'])
    sts.keys.set(`ASIA${name}`, { secretAccessKey: `secret-of-${name}`, sessionToken: `token-of-${name}` });
  sts.keys.set('ASIAPORTAL123456789012', { secretAccessKey: 'secret-of-Dev', sessionToken: 'token-of-portal' });
  sts.webTokens.add('web-token');
  portal.tokens.add('portal-token');
  t.teardown(async () => {
    await http.close();
    for (const { server } of [sts, portal, imds, agent]) await server.close();
    await rm(home, { recursive: true, force: true });
  });
  const env = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL_STS: sts.server.address,
    AWS_ENDPOINT_URL_SSO: portal.server.address,
    AWS_EC2_METADATA_SERVICE_ENDPOINT: imds.server.address,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  return {
    home,
    sts,
    imds,
    agent,
    portal,
    log,
    identityCalls,
    env,
    async write(path, content) {
      const file = join(home, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      return file;
    },
    options: (changes = {}) => ({
      env,
      homeDirectory: home,
      clock,
      http,
      log,
      random: () => 0,
      recordIdentityCall: (status) => identityCalls.push(status),
      ...changes,
    }),
  };
}
