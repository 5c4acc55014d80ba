import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { systemClock } from '../../src/core/clock.ts';
import type { SecretProvider } from '../../src/core/provider.ts';
import type { Secret } from '../../src/core/secret.ts';
import { vaultProvider } from '../../src/providers/vault/provider.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { call } from '../providers/vault/vault-rig.ts';
import { writePolicy } from './approle.ts';
import { startOpenBao, type OpenBao, type OpenBaoOptions } from './openbao.ts';

/** The one secret of `startVault`. */
export const PATH = 'app/db';
export const VALUE = '{"password":"canary-of-the-login"}';

/** A server with one secret and the policy `app`, which may read it. */
export async function startVault(t: Test, options: OpenBaoOptions = {}): Promise<OpenBao> {
  const bao = await startOpenBao(options);
  t.teardown(() => bao.stop());
  if (options.mode !== 'empty') await fillVault(bao);
  return bao;
}

export async function fillVault(bao: OpenBao): Promise<void> {
  await writePolicy(bao, 'app', 'path "secret/data/app/*" { capabilities = ["read"] }');
  // A new engine refuses calls for a moment.
  while ((await bao.ask(`secret/data/${PATH}`, `{"data":${VALUE}}`)).status !== 200) await sleep(10);
}

/** A started provider at the server. */
export class VaultInstance {
  readonly log = new RecordingLog();
  readonly identityCalls: string[] = [];
  readonly provider: SecretProvider;

  constructor(bao: OpenBao, options: object) {
    // Detection would ask for things that look like refusals, and so be in the way of those that count calls.
    const common = { address: bao.address, mount: 'secret', kvVersion: 2, revokeOnShutdown: true, insecure: false };
    const recordIdentityCall = (status: string): void => void this.identityCalls.push(status);
    const tools = { clock: systemClock, log: this.log, recordIdentityCall };
    this.provider = vaultProvider.create('bao', { ...common, ...options }, tools);
  }

  get(path = PATH): Promise<Secret> {
    return this.provider.get(this.provider.locate(path, {}), call);
  }

  async text(path = PATH): Promise<string> {
    return String((await this.get(path)).value.expose());
  }

  health(): Promise<readonly string[]> {
    return this.provider.health(call);
  }
}

export async function startInstance(t: Test, bao: OpenBao, options: object): Promise<VaultInstance> {
  const instance = new VaultInstance(bao, options);
  t.teardown(() => instance.provider.close());
  await instance.provider.start(() => undefined);
  return instance;
}

/** Of all tokens that live, the root's too. */
export const accessorsOf = async (bao: OpenBao): Promise<readonly string[]> =>
  (await bao.call('auth/token/accessors?list=true')).data.keys;
