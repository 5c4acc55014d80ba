import type { Call } from '../../core/call.ts';
import { withDeadline } from '../../core/deadline.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import { giveHeadStart } from '../../core/head-start.ts';
import type {
  ListQuery,
  Location,
  ProviderStatus,
  RotateCall,
  SecretProvider,
  VersionsQuery,
} from '../../core/provider.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from '../../core/secret.ts';
import type { Selector } from '../../core/selector.ts';
import type { CallerIdentity } from '../../credentials/aws/sts.ts';
import { isExposed } from '../../transport/endpoint.ts';
import type { AwsTools } from './aws-tools.ts';
import { BatchGet } from './batch-get.ts';
import { connect, type Connection } from './connect.ts';
import { describeSecret } from './describe-secret.ts';
import { getSecret } from './get-secret.ts';
import { findMissingPermissions } from './health.ts';
import { listSecrets } from './list-secrets.ts';
import { listVersions } from './list-versions.ts';
import { accountOf, isArn, locateSecret } from './locate-secret.ts';
import type { AwsOptions } from './options.ts';
import { rotateSecret } from './rotate-secret.ts';
import { spellPattern } from './spell-pattern.ts';
import { toMetadata } from './to-metadata.ts';

// What is asked at the start is asked again when it is needed, so the daemon does not wait for it for long.
const START_TIMEOUT_MS = 5_000;

/** The Secrets Manager of one region, with our identity at it. */
export class SecretsManager implements SecretProvider {
  readonly name: string;
  readonly type = 'aws';
  readonly isRotationIdempotent = true;
  readonly isFullIdentifier = isArn;
  readonly spellPattern = spellPattern;
  readonly batch: BatchGet;
  readonly #tools: AwsTools;
  readonly #connection: Connection;
  #account: string | undefined;

  constructor(name: string, options: AwsOptions, tools: AwsTools) {
    this.name = name;
    this.#tools = tools;
    this.#connection = connect(name, options, tools);
    this.batch = new BatchGet(this.#connection.client, tools.clock);
  }

  locate(path: string, selector: Selector): Location {
    return locateSecret(path, selector, { region: this.#connection.target.region, account: this.#account });
  }

  async get(location: Location, { signal }: Call): Promise<Secret> {
    const secret = await getSecret(this.#connection.client, location, signal);
    this.#account ??= accountOf(secret.metadata.arn ?? '');
    return secret;
  }

  list(query: ListQuery, { signal }: Call): Promise<Page<SecretMetadata>> {
    return listSecrets(this.#connection.client, query, signal);
  }

  async describe(id: string, { signal }: Call): Promise<SecretMetadata> {
    const { client } = this.#connection;
    const description = await describeSecret(client, id, signal);
    return toMetadata(description, { name: id, region: await client.region(signal) });
  }

  versions(id: string, query: VersionsQuery, { signal }: Call): Promise<Page<SecretVersion>> {
    return listVersions(this.#connection.client, { id, query }, signal);
  }

  rotate(id: string, call: RotateCall): Promise<RotationResult> {
    return rotateSecret(this.#connection.client, id, call);
  }

  async health({ signal }: Call): Promise<readonly string[]> {
    const { client, identity } = this.#connection;
    const { source } = await identity.credentials(signal);
    const missing = await findMissingPermissions(client, signal);
    const region = await client.region(signal);
    return [`the credentials for '${region}' come from ${source}`, await this.#nameOurselves(signal), ...missing];
  }

  status(): ProviderStatus {
    const { expiresInMs } = this.#connection.identity;
    return expiresInMs === undefined ? {} : { identityExpiresInMs: expiresInMs };
  }

  async start(): Promise<void> {
    await this.#connection.http.open();
    const { log, target } = this.#connection;
    const { clock } = this.#tools;
    const login = withDeadline({ clock, timeoutMs: START_TIMEOUT_MS }, async (signal) => {
      const { endpoint } = await target.find(signal);
      if (isExposed(endpoint)) log.warn("'insecure' is on: secrets travel unencrypted");
      await this.#askWhoWeAre(signal);
    });
    try {
      await giveHeadStart(clock, login);
    } catch (error) {
      if (!isSecretsError(error) || error instanceof ConfigurationError) throw error;
      log.report(error);
    }
  }

  async close(): Promise<void> {
    await this.#connection.identity.close();
    await Promise.all([this.#connection.http.close(), this.#connection.identityHttp.close()]);
  }

  /** Reads do without STS, so an STS that cannot be reached is no failure. */
  async #nameOurselves(signal: AbortSignal): Promise<string> {
    try {
      const { arn } = await this.#askWhoWeAre(signal);
      return `the identity is '${arn}'`;
    } catch (error) {
      if (!isSecretsError(error)) throw error;
      return `STS does not say whose identity it is: ${error.message}`;
    }
  }

  /** Our account is needed to tell an ARN of our own from another's. */
  async #askWhoWeAre(signal: AbortSignal): Promise<CallerIdentity> {
    const { identity, sts, target } = this.#connection;
    const { region } = await target.find(signal);
    const caller = await sts.getCallerIdentity(await identity.credentials(signal), region, signal);
    this.#account = caller.account;
    return caller;
  }
}
