import type { Clock } from '../../src/core/clock.ts';
import { FakeEntra } from './fake-azure-entra.ts';
import { FakeMetadata } from './fake-azure-metadata.ts';
import { FakeTokens } from './fake-azure-tokens.ts';
import { FakeKeyVault } from './fake-azure-vault.ts';
import type { CertificateFiles } from './make-certificate.ts';

export const TENANT = '11111111-1111-4111-8111-111111111111';
export const OTHER_TENANT = '22222222-2222-4222-8222-222222222222';
export const CLIENT = '33333333-3333-4333-8333-333333333333';
export const CLIENT_SECRET = 'client-secret-canary';

/** A vault, the Entra that gives out tokens for it, and the metadata services of machines in its tenant. */
export class FakeAzure {
  readonly tokens: FakeTokens;
  readonly vault: FakeKeyVault;
  readonly entra: FakeEntra;
  readonly metadata: FakeMetadata;

  constructor(clock: Clock, files: CertificateFiles) {
    const nowMs = (): number => clock.wallMs();
    const tokens = (this.tokens = new FakeTokens(clock));
    const entra = (this.entra = new FakeEntra({ tokens, tenants: [TENANT, OTHER_TENANT], files, nowMs }));
    this.vault = new FakeKeyVault({ tokens, tenantId: TENANT, files, nowMs, authority: () => entra.origin });
    this.metadata = new FakeMetadata({ tokens, tenantId: TENANT, nowMs });
    this.entra.application(CLIENT).secrets.set(CLIENT_SECRET, 'valid');
  }

  /** Options of a provider that logs in with the client secret. */
  get options(): Readonly<Record<string, unknown>> {
    return {
      vaultUrl: this.vault.url,
      authorityHost: this.entra.origin,
      // The vault of a test has a domain that no service has.
      verifyChallenge: false,
      enforceExpiry: false,
      insecure: false,
      auth: { method: 'client-secret', tenantId: TENANT, clientId: CLIENT, clientSecret: CLIENT_SECRET },
    };
  }

  async close(): Promise<void> {
    await Promise.all([this.vault.server.close(), this.entra.server.close(), this.metadata.server.close()]);
  }
}

/** @param files a certificate for `localhost`, its own authority. */
export async function startFakeAzure(clock: Clock, files: CertificateFiles): Promise<FakeAzure> {
  const azure = new FakeAzure(clock, files);
  await Promise.all([azure.vault.server.listen(), azure.entra.server.listen(), azure.metadata.server.listen()]);
  return azure;
}
