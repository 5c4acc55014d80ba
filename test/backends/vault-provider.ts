import type { Test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { Call } from '../../src/core/call.ts';
import type { SecretProvider, SecretStore } from '../../src/core/provider.ts';
import type { Secret } from '../../src/core/secret.ts';
import { toSelector } from '../../src/core/selector.ts';
import { vaultProvider } from '../../src/providers/vault/provider.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { writePolicy } from './approle.ts';
import type { OpenBao } from './openbao.ts';

export interface VaultRig {
  readonly provider: SecretProvider;
  readonly log: RecordingLog;
  readonly call: Call;
  readonly get: (path: string, stage?: string) => Promise<Secret>;
  /** How often we asked for ourselves, by status. */
  readonly identityCalls: readonly string[];
}

let policies = 0;

/** A started provider at a real server, closed with the test: as root, or with a token that has one policy in HCL. */
export async function startProvider(
  t: Test,
  bao: OpenBao,
  { policy, ...options }: Readonly<Record<string, unknown>> & { readonly policy?: string },
): Promise<VaultRig> {
  const token = policy === undefined ? bao.rootToken : await createToken(bao, policy);
  const defaults = { address: bao.address, mount: 'secret', revokeOnShutdown: true, insecure: false };
  const log = new RecordingLog();
  const identityCalls: string[] = [];
  const provider = vaultProvider.create(
    'bao',
    { ...defaults, auth: { method: 'token', token }, ...options },
    { clock: systemClock, log, recordIdentityCall: (status) => identityCalls.push(status) },
  );
  await provider.start(() => undefined);
  t.teardown(() => provider.close());
  const call = { signal: new AbortController().signal };
  return { provider, log, call, identityCalls, get: (path, stage) => read(provider, path, stage) };
}

/** The current value, or that of a stage. */
export const read = (store: SecretStore, path: string, stage?: string): Promise<Secret> =>
  store.get(store.locate(path, toSelector(undefined, stage)), { signal: new AbortController().signal });

async function createToken(bao: OpenBao, policy: string): Promise<string> {
  const name = `test-${++policies}`;
  await writePolicy(bao, name, policy);
  const { auth } = await bao.call('auth/token/create', { policies: [name], ttl: '1h' });
  return auth.client_token;
}
