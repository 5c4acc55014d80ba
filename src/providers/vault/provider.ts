import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Call } from '../../core/call.ts';
import { InstanceLog } from '../../core/instance-log.ts';
import { giveHeadStart } from '../../core/head-start.ts';
import type {
  ListQuery,
  Location,
  ProviderKind,
  ProviderStatus,
  ProviderTools,
  RotateCall,
  Scope,
  SecretProvider,
  SecretStore,
  VersionsQuery,
} from '../../core/provider.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import type { Selector } from '../../core/selector.ts';
import { isExposed } from '../../transport/endpoint.ts';
import { createHttpClient, type HttpClient } from '../../transport/http-client.ts';
import { createVaultClient } from './client.ts';
import { checkHealth } from './health.ts';
import { Identity } from './identity.ts';
import { createLoginMethod } from './login-methods.ts';
import { checkOptions, parseOptions, vaultSchema, type VaultOptions } from './options.ts';
import { createStores, type Stores } from './stores.ts';
import { createTokenCalls } from './token-calls.ts';
import type { VaultStore } from './vault-store.ts';
import { createWire, type Wire } from './wire.ts';

// The most that Vault takes as a request, so no secret can be larger.
const MAX_RESPONSE_BYTES = 32 * 1024 ** 2;

/** HashiCorp Vault and OpenBao. */
export const vaultProvider: ProviderKind = {
  type: 'vault',
  schema: vaultSchema,
  check: checkOptions,
  hasScopes: true,
  create: (name, options, tools) => new VaultProvider(name, parseOptions(options), tools),
};

class VaultProvider implements SecretProvider {
  readonly name: string;
  readonly type = 'vault';
  readonly #options: VaultOptions;
  readonly #tools: ProviderTools;
  readonly #http: HttpClient;
  readonly #wire: Wire;
  readonly #identity: Identity;
  readonly #stores: Stores;
  readonly #store: VaultStore;

  constructor(name: string, options: VaultOptions, tools: ProviderTools) {
    const { clock } = tools;
    this.name = name;
    this.#options = options;
    this.#tools = tools;
    this.#http = createHttpClient({ tls: options.tls, maxResponseBytes: MAX_RESPONSE_BYTES });
    const wire = (this.#wire = createWire(this.#http, { ...options, clock }));
    const log = new InstanceLog(tools.log, name);
    const calls = createTokenCalls(wire);
    const method = createLoginMethod({ options, tools, wire, calls });
    const { revokeOnShutdown } = options;
    this.#identity = new Identity({ method, calls, tools, log, revokeOnShutdown, random: Math.random });
    const client = createVaultClient({ wire, identity: this.#identity, clock, log });
    const lifeOf = this.#identity.lifeOf.bind(this.#identity);
    this.#stores = createStores(options, { client, lifeOf, tools });
    this.#store = this.#stores({});
  }

  within(scope: Scope): SecretStore {
    return this.#stores(scope);
  }

  isSamePlace(a: Scope, b: Scope): boolean {
    return this.#stores(a) === this.#stores(b);
  }

  locate(path: string, selector: Selector): Location {
    return this.#store.locate(path, selector);
  }

  get(location: Location, call: Call): Promise<Secret> {
    return this.#store.get(location, call);
  }

  list(query: ListQuery, call: Call): Promise<Page<SecretMetadata>> {
    return this.#store.list(query, call);
  }

  describe(id: string, call: Call): Promise<SecretMetadata> {
    return this.#store.describe(id, call);
  }

  versions(id: string, query: VersionsQuery, call: Call): Promise<Page<SecretVersion>> {
    return this.#store.versions(id, query, call);
  }

  rotate(id: string, call: RotateCall): Promise<RotationResult> {
    return this.#store.rotate(id, call);
  }

  health({ signal }: Call): Promise<readonly string[]> {
    return checkHealth({ wire: this.#wire, identity: this.#identity }, signal);
  }

  status(): ProviderStatus {
    const { expiresInMs } = this.#identity;
    return expiresInMs === undefined ? {} : { identityExpiresInMs: expiresInMs };
  }

  async start(): Promise<void> {
    await this.#http.open();
    if (isExposed(this.#options.endpoint))
      this.#tools.log.warn({ provider: this.name }, "'insecure' is on: tokens and secrets travel unencrypted");
    try {
      await giveHeadStart(this.#tools.clock, this.#identity.token(new AbortController().signal));
    } catch (error) {
      // Logged and tried again in the background. Anything else is a mistake of ours.
      if (!(error instanceof SecretsError)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#identity.close();
    await this.#http.close();
  }
}
