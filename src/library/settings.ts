import type { CredentialSetting } from '../core/credential-setting.ts';

/** A number of milliseconds, or text such as `5m`, `30s`, `500ms`. */
export type Duration = number | string;

/** A number of bytes, or text such as `64MiB`. */
export type Size = number | string;

/** Paths of PEM files. */
export interface TlsFiles {
  /** Takes the place of the system's authorities. */
  readonly ca?: string;
  /** Our own, with its `key`. */
  readonly cert?: string;
  readonly key?: string;
}

/** How to log in to Vault; `mount` is that of the method. */
export type VaultAuth =
  | { readonly method: 'token'; readonly token: CredentialSetting }
  | {
      readonly method: 'approle';
      readonly roleId: CredentialSetting;
      /** Either this or `wrappedSecretId`. */
      readonly secretId?: CredentialSetting;
      readonly wrappedSecretId?: CredentialSetting;
      readonly mount?: string;
    }
  | { readonly method: 'kubernetes'; readonly role: string; readonly jwtPath?: string; readonly mount?: string }
  | {
      readonly method: 'jwt';
      readonly role?: string;
      /** Either this or `jwtPath`. */
      readonly jwt?: CredentialSetting;
      readonly jwtPath?: string;
      readonly mount?: string;
    }
  | { readonly method: 'cert'; readonly name?: string; readonly mount?: string }
  | {
      readonly method: 'aws';
      readonly role: string;
      readonly region?: string;
      readonly headerValue?: string;
      readonly mount?: string;
    };

/** How to log in to Azure; `chain` when left out. */
export interface AzureAuth {
  readonly method?: 'chain' | 'client-secret' | 'client-certificate' | 'workload-identity' | 'managed-identity';
  readonly tenantId?: string;
  readonly clientId?: string;
  readonly clientSecret?: CredentialSetting;
  readonly certificate?: CredentialSetting;
  readonly password?: CredentialSetting;
  readonly algorithm?: 'PS256' | 'RS256';
  readonly sendChain?: boolean;
  readonly tokenFile?: string;
  readonly objectId?: string;
  readonly resourceId?: string;
}

/** How to log in to GCP; `chain` when left out. */
export interface GcpAuth {
  readonly method: 'chain' | 'service-account' | 'metadata' | 'external-account';
  readonly file?: string;
}
