// The interfaces of specification §4.4, word for word but for the types that it names and does not define; the resolver is
// that of §4.1 in TypeScript.
import type {
  CircuitBreakerConfig,
  ListOptions,
  PathMapping,
  ProviderConfig,
  RetryConfig,
  RotationResult,
} from 'keyfob';

export interface SecretsClient {
  getSecret(path: string, options?: GetSecretOptions): Promise<SecretValue>;
  getSecretKey(path: string, key: string): Promise<string>;
  listSecrets(prefix: string, options?: ListOptions): Promise<SecretMetadata[]>;
  describeSecret(path: string): Promise<SecretMetadata>;
  rotateSecret(path: string): Promise<RotationResult>;
  resolveReferences(text: string): Promise<string>;
  invalidateCache(path: string): void;
  invalidateCachePrefix(prefix: string): void;
}

export interface SecretValue {
  value: string;
  version: string;
  createdAt: Date;
  updatedAt?: Date;
  metadata: SecretMetadata;
}

export interface SecretMetadata {
  name: string;
  arn?: string;
  description?: string;
  currentVersion: string;
  stages: string[];
  tags: Record<string, string>;
  rotationEnabled: boolean;
  nextRotation?: Date;
  createdAt: Date;
  lastAccessed?: Date;
}

export interface SecretsConfig {
  providers: ProviderConfig[];
  defaultProvider: ProviderType;
  cache: CacheConfig;
  retry?: RetryConfig;
  circuitBreaker?: CircuitBreakerConfig;
  auditEnabled?: boolean;
  pathMappings?: PathMapping[];
}

export type ProviderType = 'aws' | 'vault' | 'azure' | 'gcp' | 'local' | 'simulation';

export interface GetSecretOptions {
  version?: string;
  stage?: string;
  provider?: ProviderType;
  skipCache?: boolean;
}

export interface CacheConfig {
  ttl?: number; // milliseconds
  refreshAhead?: number; // milliseconds
  maxEntries?: number;
  negativeTtl?: number; // milliseconds
  staleFallback?: boolean;
}

export interface ReferenceResolver {
  resolve(text: string): Promise<string>;
  hasReferences(text: string): boolean;
  extractReferences(text: string): SecretReference[];
}

export interface SecretReference {
  fullMatch: string;
  path: string;
  key?: string;
  version?: string;
  provider?: string;
}
