import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { RotationError } from '../../core/errors/rotation-error.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Call } from '../../core/call.ts';
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
import { isExposed } from '../../transport/endpoint.ts';
import { createHttpClient, type HttpClient } from '../../transport/http-client.ts';
import { createApproleAuth } from './auth-approle.ts';
import { createTokenAuth } from './auth-token.ts';
import { createVaultClient } from './client.ts';
import { checkHealth } from './health.ts';
import { Identity } from './identity.ts';
import { InstanceLog } from './instance-log.ts';
import { listKv } from './kv-list.ts';
import { toSecretMetadata, toSecretVersions } from './kv-metadata.ts';
import { locateKv } from './kv-path.ts';
import { Kv2 } from './kv2.ts';
import { checkOptions, parseOptions, vaultSchema, type VaultOptions } from './options.ts';
import { createTokenCalls } from './token-calls.ts';
import { createWire, type Wire } from './wire.ts';

// The most that Vault takes as a request, so no secret can be larger.
const MAX_RESPONSE_BYTES = 32 * 1024 ** 2;

/** HashiCorp Vault and OpenBao. */
export const vaultProvider: ProviderKind = {
  type: 'vault',
  schema: vaultSchema,
  check: checkOptions,
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
  readonly #kv: Kv2;

  constructor(name: string, options: VaultOptions, tools: ProviderTools) {
    const { clock } = tools;
    this.name = name;
    this.#options = options;
    this.#tools = tools;
    this.#http = createHttpClient({ tls: options.tls, maxResponseBytes: MAX_RESPONSE_BYTES });
    const wire = (this.#wire = createWire(this.#http, { ...options, clock }));
    const log = new InstanceLog(tools.log, name);
    const calls = createTokenCalls(wire);
    const method =
      options.auth.method === 'token'
        ? createTokenAuth(options.auth.token, calls)
        : createApproleAuth(options.auth, wire);
    const { revokeOnShutdown } = options;
    this.#identity = new Identity({ method, calls, tools, log, revokeOnShutdown, random: Math.random });
    const client = createVaultClient({ wire, identity: this.#identity, clock, log });
    this.#kv = new Kv2({ client, mount: options.mount, clock });
  }

  locate(path: string, selector: Selector): Location {
    return locateKv(path, selector);
  }

  get(location: Location, { signal }: Call): Promise<Secret> {
    return this.#kv.read(location, signal);
  }

  async list(query: ListQuery, { signal }: Call): Promise<Page<SecretMetadata>> {
    if (Object.keys(query.tags).length > 0)
      throw new ConfigurationError('InvalidProvider', "a Vault cannot list by 'tag'");
    return listKv(query, (folder) => this.#kv.folder(folder, signal));
  }

  async describe(id: string, { signal }: Call): Promise<SecretMetadata> {
    return toSecretMetadata(id, await this.#kv.metadata(id, signal));
  }

  async versions(id: string, query: VersionsQuery, { signal }: Call): Promise<Page<SecretVersion>> {
    const all = toSecretVersions(await this.#kv.metadata(id, signal));
    const below = query.cursor === undefined ? Infinity : Number(query.cursor);
    const rest = all.filter(({ version }) => Number(version) < below);
    const items = rest.slice(0, query.limit);
    const last = items.at(-1);
    return { items, ...(rest.length > items.length && last !== undefined && { nextCursor: last.version }) };
  }

  async rotate(id: string): Promise<RotationResult> {
    throw new RotationError('RotationNotConfigured', `Vault's KV engine cannot rotate '${id}'`);
  }

  async health({ signal }: Call): Promise<readonly string[]> {
    await checkHealth(this.#wire, signal);
    await this.#identity.verify(signal);
    return [];
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
      await this.#identity.token(new AbortController().signal);
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
