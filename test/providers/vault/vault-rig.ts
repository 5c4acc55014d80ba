import { setImmediate as turn } from 'node:timers/promises';
import type { Test } from 'tap';
import type { SecretsError } from '../../../src/core/errors/secrets-error.ts';
import type { Call } from '../../../src/core/call.ts';
import type { SecretProvider } from '../../../src/core/provider.ts';
import type { Secret } from '../../../src/core/secret.ts';
import { toSelector } from '../../../src/core/selector.ts';
import { vaultProvider } from '../../../src/providers/vault/provider.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { startFakeVault, type FakeVault } from '../../fakes/fake-vault.ts';

export const TOKEN = 'given-token';
export const tokenAuth = { method: 'token', token: TOKEN };
export const approleAuth = { method: 'approle', roleId: 'the-role', secretId: 'the-secret-id' };

export const call: Call = { signal: new AbortController().signal };

/** A provider at a fake Vault with one secret, on a clock that stands still. */
export class VaultRig {
  readonly vault: FakeVault;
  readonly provider: SecretProvider;
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  readonly identityCalls: string[] = [];

  constructor(vault: FakeVault, options: Readonly<Record<string, unknown>>) {
    this.vault = vault;
    // Detection has tests of its own, and is in the way of those that count calls.
    const defaults = { mount: 'secret', kvVersion: 2, revokeOnShutdown: true, insecure: false, address: vault.address };
    this.provider = vaultProvider.create(
      'vault',
      { ...defaults, ...options },
      { clock: this.clock, log: this.log, recordIdentityCall: (status) => this.identityCalls.push(status) },
    );
  }

  get(path: string, version?: string, stage?: string): Promise<Secret> {
    return this.provider.get(this.provider.locate(path, toSelector(version, stage)), call);
  }

  async text(path: string): Promise<string> {
    return String((await this.get(path)).value.expose());
  }
}

/** A started rig that is taken down with the test. */
export async function startRig(t: Test, options: Readonly<Record<string, unknown>> = {}): Promise<VaultRig> {
  const vault = await startFakeVault({ secrets: { 'app/db': '{"a":1}' }, token: TOKEN });
  const rig = new VaultRig(vault, { auth: tokenAuth, ...options });
  await rig.provider.start(() => undefined);
  t.teardown(async () => {
    vault.fault = () => undefined;
    await rig.provider.close();
    await vault.close();
  });
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

/** Lets answers of the fake come in until the condition holds. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}
