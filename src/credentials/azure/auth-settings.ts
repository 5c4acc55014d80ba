import type { CredentialSetting } from '../../core/credential-setting.ts';
import type { AssertionAlgorithm } from './client-certificate.ts';
import type { ManagedIdentityId } from './managed-identity-id.ts';

interface Application {
  readonly tenantId: string;
  readonly clientId: string;
}

/** How to log in, as it is configured (design §12). */
export type AzureAuth =
  | { readonly method: 'chain' }
  | (Application & { readonly method: 'client-secret'; readonly clientSecret: CredentialSetting })
  | (Application & {
      readonly method: 'client-certificate';
      readonly certificate: CredentialSetting;
      readonly password?: CredentialSetting;
      readonly algorithm: AssertionAlgorithm;
      readonly sendChain: boolean;
    })
  | (Application & { readonly method: 'workload-identity'; readonly tokenFile: string })
  | ({ readonly method: 'managed-identity' } & ManagedIdentityId);
