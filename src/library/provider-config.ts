import type { AzureAuth, Duration, GcpAuth, TlsFiles, VaultAuth } from './settings.ts';

/** What every provider has. */
export interface CommonProviderConfig {
  /**
   * Name of the instance, of small letters, digits and hyphens; when left out, its type. Two of one type need two names.
   */
  readonly name?: string;
  /** Of one attempt of a call to the store; `3s`. */
  readonly attemptTimeout?: Duration;
}

/** What every provider has that is asked over the network. */
export interface RemoteProviderConfig extends CommonProviderConfig {
  readonly tls?: TlsFiles;
  /** Allows `http://` to a host that is not this one; each start warns of it. */
  readonly insecure?: boolean;
}

/** A file of secrets, or a directory with a file for each. */
export interface LocalProviderConfig extends CommonProviderConfig {
  readonly type: 'local';
  readonly path: string;
}

/** HashiCorp Vault or OpenBao. */
export interface VaultProviderConfig extends RemoteProviderConfig {
  readonly type: 'vault';
  /** Its URL; when left out, the environment variable `VAULT_ADDR`. */
  readonly address?: string;
  /** Of the KV engine; `secret`. */
  readonly mount?: string;
  readonly namespace?: string;
  /** Of the KV engine; found out when left out. */
  readonly kvVersion?: 1 | 2;
  /** Patterns of paths that are read as they are, outside of the KV engine. */
  readonly leased?: readonly string[];
  /** Pattern of paths to the endpoint that rotates them. */
  readonly rotate?: Readonly<Record<string, string>>;
  readonly auth: VaultAuth;
  /** Revokes a token that a login gave when the client is closed; `true`. */
  readonly revokeOnShutdown?: boolean;
}

/** AWS Secrets Manager. */
export interface AwsProviderConfig extends RemoteProviderConfig {
  readonly type: 'aws';
  /** When left out: the environment, the profile, the instance's metadata. */
  readonly region?: string;
  /** In place of `region`: several in the order in which they are asked. */
  readonly regions?: readonly (string | { readonly region: string; readonly endpoint?: string })[];
  readonly endpoint?: string;
  readonly stsEndpoint?: string;
  readonly profile?: string;
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly fips?: boolean;
  readonly dualstack?: boolean;
  /** Allows a profile's `credential_process`. */
  readonly allowExecutable?: boolean;
}

/** Azure Key Vault. */
export interface AzureProviderConfig extends RemoteProviderConfig {
  readonly type: 'azure';
  /** Such as `https://shop.vault.azure.net`. */
  readonly vaultUrl: string;
  readonly auth?: AzureAuth;
  /** Of a national cloud. */
  readonly authorityHost?: string;
  /** `false` only for a private endpoint under another domain. */
  readonly verifyChallenge?: boolean;
  /** Refuses secrets that have expired or are not valid yet; `false`. */
  readonly enforceExpiry?: boolean;
}

/** GCP Secret Manager. */
export interface GcpProviderConfig extends RemoteProviderConfig {
  readonly type: 'gcp';
  /** When left out, the environment variable `GOOGLE_CLOUD_PROJECT`. */
  readonly project?: string;
  /** For regional secrets. */
  readonly location?: string;
  readonly endpoint?: string;
  /** Whether a disabled newest version is an error, or the newest that is enabled answers; `enabled`. */
  readonly latestPolicy?: 'strict' | 'enabled';
  readonly auth?: GcpAuth;
  readonly quotaProject?: string;
  readonly universeDomain?: string;
  /** Allows a credential file's `executable`. */
  readonly allowExecutable?: boolean;
}

/** One instance of a store of one's own, with the keys that its `ProviderKind` describes. */
export interface CustomProviderConfig extends CommonProviderConfig {
  readonly type: string;
}

/** One instance of a store that comes with the package. */
export type ProviderConfig =
  LocalProviderConfig | VaultProviderConfig | AwsProviderConfig | AzureProviderConfig | GcpProviderConfig;
