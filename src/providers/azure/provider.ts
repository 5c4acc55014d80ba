import type { Call } from '../../core/call.ts';
import { withDeadline } from '../../core/deadline.ts';
import { AccessError } from '../../core/errors/access-error.ts';
import type { ErrorCategory } from '../../core/errors/codes.ts';
import { RotationError } from '../../core/errors/rotation-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import { InstanceLog } from '../../core/instance-log.ts';
import { giveHeadStart } from '../../core/head-start.ts';
import type {
  ListQuery,
  Location,
  ProviderKind,
  ProviderStatus,
  ProviderTools,
  SecretProvider,
  VersionsQuery,
} from '../../core/provider.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import type { Selector } from '../../core/selector.ts';
import { createCredential } from '../../credentials/azure/create-credential.ts';
import { TokenKeeper } from '../../credentials/azure/token-keeper.ts';
import { isExposed } from '../../transport/endpoint.ts';
import { createHttpClient, type HttpClient } from '../../transport/http-client.ts';
import { AzureClient } from './client.ts';
import { checkHealth } from './health.ts';
import { toSecretVersions } from './history.ts';
import { type AzureOptions, azureSchema, checkOptions, parseOptions } from './options.ts';
import { pageOf } from '../../core/page-of.ts';
import { locateSecret, spellPattern, toIdPrefix } from './secret-name.ts';
import { AzureSecrets } from './secrets.ts';

// A value has 25 KB at most; a page of a list 25 secrets with 15 tags of 1 KB each.
const MAX_RESPONSE_BYTES = 4 * 1024 ** 2;
const LOGIN_TIMEOUT_MS = 5_000;
const MAX_METADATA_BYTES = 64 * 1024;

/** Azure Key Vault. */
export const azureProvider: ProviderKind = {
  type: 'azure',
  schema: azureSchema,
  check: checkOptions,
  create: (name, options, tools) => new AzureProvider(name, parseOptions(options), tools),
};

class AzureProvider implements SecretProvider {
  readonly name: string;
  readonly type = 'azure';
  readonly spellPattern = spellPattern;
  readonly #options: AzureOptions;
  readonly #tools: ProviderTools;
  readonly #http: HttpClient;
  readonly #metadataHttp: HttpClient;
  readonly #log: InstanceLog;
  readonly #keeper: TokenKeeper;
  readonly #client: AzureClient;
  readonly #secrets: AzureSecrets;

  constructor(name: string, options: AzureOptions, tools: ProviderTools) {
    const { clock, log } = tools;
    const { vault, auth, authority, tls, verifyChallenge, enforceExpiry } = options;
    this.name = name;
    this.#options = options;
    this.#tools = tools;
    this.#log = new InstanceLog(log, name);
    const http = (this.#http = createHttpClient({ tls, maxResponseBytes: MAX_RESPONSE_BYTES }));
    const metadataHttp = (this.#metadataHttp = createHttpClient({ maxResponseBytes: MAX_METADATA_BYTES }));
    const credential = createCredential(
      { http, metadataHttp, clock, log, provider: name, env: process.env },
      auth,
      authority,
    );
    const record = (outcome: 'success' | SecretsError): void => this.#record(outcome);
    const keeper = (this.#keeper = new TokenKeeper({ credential, clock, random: Math.random, record }));
    this.#client = new AzureClient({ http, keeper, vault, verifyChallenge, clock, log, provider: name });
    this.#secrets = new AzureSecrets({ client: this.#client, clock, enforceExpiry });
  }

  locate(path: string, selector: Selector): Location {
    return locateSecret(path, selector);
  }

  get(location: Location, { signal }: Call): Promise<Secret> {
    return this.#watched(this.#secrets.read(location, signal));
  }

  async list({ prefix, tags, limit, cursor = '' }: ListQuery, { signal }: Call): Promise<Page<SecretMetadata>> {
    const all = await this.#watched(this.#secrets.list(toIdPrefix(prefix), tags, signal));
    const rest = all.filter(({ name }) => name > cursor);
    return pageOf(rest, limit, ({ name }) => name);
  }

  describe(id: string, { signal }: Call): Promise<SecretMetadata> {
    return this.#watched(this.#secrets.describe(id, signal));
  }

  async versions(id: string, { limit, cursor }: VersionsQuery, { signal }: Call): Promise<Page<SecretVersion>> {
    const all = toSecretVersions(await this.#watched(this.#secrets.history(id, signal)));
    const rest = all.slice(all.findIndex(({ version }) => version === cursor) + 1);
    return pageOf(rest, limit, ({ version }) => version);
  }

  async rotate(id: string): Promise<RotationResult> {
    throw new RotationError(
      'RotationNotConfigured',
      `Azure Key Vault cannot rotate the secret '${id}': it has rotation policies for keys only`,
    );
  }

  async health({ signal }: Call): Promise<readonly string[]> {
    const sentences = await this.#watched(checkHealth(this.#client, signal));
    const { tenantId } = this.#client;
    const where = tenantId === undefined ? '' : `, in the tenant ${tenantId}`;
    return [`Logged in with ${this.#keeper.source}${where}.`, ...sentences];
  }

  status(): ProviderStatus {
    const { expiresInMs } = this.#keeper;
    return expiresInMs === undefined ? {} : { identityExpiresInMs: expiresInMs };
  }

  async start(): Promise<void> {
    await this.#http.open();
    const { vault, authority } = this.#options;
    if (isExposed(vault) || isExposed(authority))
      this.#log.warn("'insecure' is on: tokens and secrets travel unencrypted");
    try {
      const { clock } = this.#tools;
      const login = withDeadline({ clock, timeoutMs: LOGIN_TIMEOUT_MS }, (signal) => this.#client.logIn(signal));
      await giveHeadStart(clock, this.#watched(login));
    } catch (error) {
      // Logged, and tried again by the next read. Anything else is a mistake of ours.
      if (!(error instanceof SecretsError)) throw error;
    }
  }

  async close(): Promise<void> {
    this.#keeper.close();
    await this.#http.close();
    await this.#metadataHttp.close();
  }

  /** Logs what is wrong with the vault or with our identity. */
  async #watched<T>(work: Promise<T>): Promise<T> {
    try {
      const result = await work;
      this.#log.clear();
      return result;
    } catch (error) {
      if (error instanceof SecretsError && ABOUT_INSTANCE.has(error.category)) throw this.#log.report(error);
      if (error instanceof AccessError || error instanceof SecretNotFoundError) this.#log.clear();
      throw error;
    }
  }

  #record(outcome: 'success' | SecretsError): void {
    this.#tools.recordIdentityCall(outcome === 'success' ? outcome : outcome.code);
    if (outcome !== 'success') this.#log.report(outcome);
  }
}

const ABOUT_INSTANCE: ReadonlySet<ErrorCategory> = new Set([
  'ProviderError',
  'AuthenticationError',
  'ConfigurationError',
]);
