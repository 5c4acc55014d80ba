import { withDeadline } from '../../core/deadline.ts';
import { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Call } from '../../core/call.ts';
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
import { isGoogleHost } from '../../credentials/gcp/google-host.ts';
import { Identity } from '../../credentials/gcp/identity.ts';
import { isExposed } from '../../transport/endpoint.ts';
import { createHttpClient, type HttpClient } from '../../transport/http-client.ts';
import { Access } from './access.ts';
import { createGcpClient, type GcpClient } from './client.ts';
import { describeSecret } from './describe.ts';
import { checkHealth } from './health.ts';
import { createHistory, type History } from './history.ts';
import { InstanceLog } from '../../core/instance-log.ts';
import { locateSecret } from './locate.ts';
import { checkOptions, gcpSchema, type GcpOptions, parseOptions } from './options.ts';
import { createResourceNames, type ResourceNames } from './resource-names.ts';
import { rotateSecret } from './rotate.ts';
import { listSecrets } from './secret-list.ts';
import { isFullName, spellPattern } from './secret-name.ts';
import { createVersionList } from './version-list.ts';

// A page of secrets with all the labels and annotations that they may have.
const MAX_RESPONSE_BYTES = 32 * 1024 ** 2;
// A login that takes longer goes on behind.
const START_LOGIN_MS = 5_000;

/** Google Cloud Secret Manager, by its REST API. */
export const gcpProvider: ProviderKind = {
  type: 'gcp',
  schema: gcpSchema,
  check: checkOptions,
  create: (name, options, tools) => new GcpProvider(name, parseOptions(options), tools),
};

class GcpProvider implements SecretProvider {
  readonly name: string;
  readonly type = 'gcp';
  readonly isFullIdentifier = isFullName;
  readonly spellPattern = spellPattern;
  readonly #options: GcpOptions;
  readonly #tools: ProviderTools;
  readonly #http: HttpClient;
  readonly #localHttp: HttpClient;
  readonly #identity: Identity;
  readonly #client: GcpClient;
  readonly #names: ResourceNames;
  readonly #history: History;
  readonly #access: Access;

  constructor(name: string, options: GcpOptions, tools: ProviderTools) {
    const { latestPolicy } = options;
    this.name = name;
    this.#options = options;
    this.#tools = tools;
    this.#http = createHttpClient({ tls: options.tls, maxResponseBytes: MAX_RESPONSE_BYTES });
    this.#localHttp = createHttpClient({ maxResponseBytes: MAX_RESPONSE_BYTES });
    const log = new InstanceLog(tools.log, name);
    this.#identity = new Identity({
      ...options,
      ...tools,
      http: this.#http,
      localHttp: this.#localHttp,
      env: process.env,
      random: Math.random,
      isGoogleHost,
      report: (error) => log.report(error),
    });
    this.#client = createGcpClient({ ...options, ...tools, http: this.#http, identity: this.#identity, log });
    this.#names = createResourceNames(options);
    this.#history = createHistory(createVersionList(this.#client, this.#names), latestPolicy);
    this.#access = new Access({ client: this.#client, names: this.#names, history: this.#history, latestPolicy });
  }

  locate(path: string, selector: Selector): Location {
    return locateSecret(path, selector, this.#options);
  }

  get(location: Location, { signal }: Call): Promise<Secret> {
    return this.#access.read(location, signal);
  }

  list(query: ListQuery, { signal }: Call): Promise<Page<SecretMetadata>> {
    return listSecrets(query, { client: this.#client, names: this.#names }, signal);
  }

  describe(id: string, { signal }: Call): Promise<SecretMetadata> {
    const { latestPolicy } = this.#options;
    const options = { client: this.#client, names: this.#names, history: this.#history, latestPolicy };
    return describeSecret(id, options, signal);
  }

  versions(id: string, query: VersionsQuery, { signal }: Call): Promise<Page<SecretVersion>> {
    return this.#history.versions(id, query, signal);
  }

  rotate(id: string, { signal }: Call): Promise<RotationResult> {
    return rotateSecret(id, { client: this.#client, names: this.#names }, signal);
  }

  health({ signal }: Call): Promise<readonly string[]> {
    const { project } = this.#options;
    const options = { client: this.#client, identity: this.#identity, names: this.#names, project };
    return checkHealth(options, signal);
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
      const { clock } = this.#tools;
      const login = withDeadline({ clock, timeoutMs: START_LOGIN_MS }, (signal) => this.#identity.credentials(signal));
      await giveHeadStart(clock, login);
    } catch (error) {
      // Logged and tried again in the background. Anything else is a mistake of ours.
      if (!(error instanceof SecretsError)) throw error;
    }
  }

  async close(): Promise<void> {
    await this.#identity.close();
    await Promise.all([this.#http.close(), this.#localHttp.close()]);
  }
}
