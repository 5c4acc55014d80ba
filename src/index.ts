/// <reference lib="esnext.disposable" preserve="true" />
/* The client */
export { createSecretsClient, type SecretsClientOptions } from './library/create-secrets-client.ts';
export type {
  SecretsClient,
  GetSecretOptions,
  SecretValue,
  SecretMetadata,
  ListOptions,
  SecretList,
} from './library/secrets-client.ts';
export type { RotationResult, RotationStatus } from './core/secret.ts';
export { createReferenceResolver, type ReferenceResolver, type SecretReference } from './library/reference-resolver.ts';
/* Its configuration */
export type {
  SecretsConfig,
  CacheConfig,
  RetryConfig,
  CircuitBreakerConfig,
  PathMapping,
  AuditConfig,
  WebhookConfig,
  SimulationConfig,
} from './library/secrets-config.ts';
export type { RawFault as FaultConfig } from './core/fault.ts';
export type { ScenarioName, SimulationMode } from './core/simulation-control.ts';
export type {
  ProviderConfig,
  CommonProviderConfig,
  RemoteProviderConfig,
  LocalProviderConfig,
  VaultProviderConfig,
  AwsProviderConfig,
  AzureProviderConfig,
  GcpProviderConfig,
  CustomProviderConfig,
} from './library/provider-config.ts';
export type { VaultAuth, AzureAuth, GcpAuth, TlsFiles, Duration, Size } from './library/settings.ts';
export type { CredentialSetting } from './core/credential-setting.ts';
/* Errors */
export { isSecretsError, SecretsError, type ErrorDetails } from './core/errors/secrets-error.ts';
export type { ErrorCategory, ErrorCode, CodeOf } from './core/errors/codes.ts';
export { ConfigurationError } from './core/errors/configuration-error.ts';
export { ConfigProblems, type ConfigProblem } from './config/config-problems.ts';
export { AuthenticationError } from './core/errors/authentication-error.ts';
export { SecretNotFoundError } from './core/errors/secret-not-found-error.ts';
export { AccessError } from './core/errors/access-error.ts';
export { RotationError } from './core/errors/rotation-error.ts';
export { ProviderError } from './core/errors/provider-error.ts';
export { NetworkError } from './core/errors/network-error.ts';
export { ParseError } from './core/errors/parse-error.ts';
export { CacheError } from './core/errors/cache-error.ts';
export { RequestError } from './core/errors/request-error.ts';
export { CallerError } from './core/errors/caller-error.ts';
export { ResolveFailure, type ReferenceFailure } from './resolver/resolve-failure.ts';
/* A store of one’s own */
export type {
  ProviderKind,
  ProviderTools,
  SecretProvider,
  SecretStore,
  Location,
  Scope,
  ListQuery,
  VersionsQuery,
  RotateCall,
  BatchReader,
  ProviderStatus,
  OnStoreChange,
  Replica,
} from './core/provider.ts';
export type {
  Secret,
  SecretMetadata as StoreMetadata,
  SecretVersion,
  VersionState,
  SecretWarning,
  SecretLease,
  Page,
} from './core/secret.ts';
export { Redacted } from './core/redacted.ts';
export type { Selector } from './core/selector.ts';
export type { Call } from './core/call.ts';
export type { Clock, Timer } from './core/clock.ts';
export type { Log, LogFields } from './core/log.ts';
