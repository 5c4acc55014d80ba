import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import type { ListQuery, SecretProvider } from '../../../src/core/provider.ts';
import type { Secret, SecretMetadata } from '../../../src/core/secret.ts';
import { current, type Selector } from '../../../src/core/selector.ts';
import { isSecretsError } from '../../../src/core/errors/secrets-error.ts';
import { gcpProvider } from '../../../src/providers/gcp/provider.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeGcpAuthority } from '../../fakes/fake-gcp-authority.ts';
import { FakeGcpOAuth } from '../../fakes/fake-gcp-oauth.ts';
import { FakeGcpSecretManager } from '../../fakes/fake-gcp-secret-manager.ts';
import type { FakeServer } from '../../fakes/fake-gcp-server.ts';

export const EMAIL = 'keyfob@shop.iam.gserviceaccount.com';

export interface RigOptions {
  readonly location?: string;
  readonly clock?: Clock;
  /** More options of the provider. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** More members of the key's file. */
  readonly keyFile?: Readonly<Record<string, unknown>>;
}

type Parts = Pick<
  GcpRig,
  'authority' | 'manager' | 'server' | 'oauth' | 'oauthServer' | 'provider' | 'log' | 'identityCalls' | 'file'
>;

/** A Secret Manager, a service account that may do everything, and a provider that uses its key. */
export class GcpRig {
  readonly authority: FakeGcpAuthority;
  readonly manager: FakeGcpSecretManager;
  readonly server: FakeServer;
  readonly oauth: FakeGcpOAuth;
  readonly oauthServer: FakeServer;
  readonly provider: SecretProvider;
  readonly log: RecordingLog;
  readonly identityCalls: string[];
  /** Path of the key's file. */
  readonly file: string;
  readonly call = { signal: new AbortController().signal };

  private constructor(parts: Parts) {
    this.authority = parts.authority;
    this.manager = parts.manager;
    this.server = parts.server;
    this.oauth = parts.oauth;
    this.oauthServer = parts.oauthServer;
    this.provider = parts.provider;
    this.log = parts.log;
    this.identityCalls = parts.identityCalls;
    this.file = parts.file;
  }

  static async create(t: Test, { location, clock = systemClock, options, keyFile }: RigOptions = {}): Promise<GcpRig> {
    const folder = await mkdtemp(join(tmpdir(), 'keyfob-gcp-'));
    const authority = new FakeGcpAuthority(() => clock.wallMs());
    authority.addAccount(EMAIL);
    const oauth = new FakeGcpOAuth(authority);
    const oauthServer = await oauth.start();
    const file = join(folder, 'key.json');
    const key = authority.keyFile(EMAIL, { token_uri: `${oauthServer.origin}/token`, ...keyFile });
    await writeFile(file, JSON.stringify(key));
    const manager = new FakeGcpSecretManager(authority, location);
    const server = await manager.start();
    const log = new RecordingLog();
    const identityCalls: string[] = [];
    const settings = {
      project: 'shop',
      ...(location !== undefined && { location }),
      endpoint: server.origin,
      latestPolicy: 'enabled',
      auth: { method: 'service-account', file },
      universeDomain: 'googleapis.com',
      allowExecutable: false,
      insecure: true,
      ...options,
    };
    const tools = { clock, log, recordIdentityCall: (status: string) => void identityCalls.push(status) };
    const provider = gcpProvider.create('gcp', settings, tools);
    t.teardown(async () => {
      await provider.close();
      await Promise.all([server.close(), oauthServer.close()]);
      await rm(folder, { recursive: true });
    });
    return new GcpRig({ authority, manager, server, oauth, oauthServer, provider, log, identityCalls, file });
  }

  get store(): FakeGcpSecretManager['store'] {
    return this.manager.store;
  }

  get(path: string, selector: Selector = current): Promise<Secret> {
    return this.provider.get(this.provider.locate(path, selector), this.call);
  }

  async text(path: string, selector: Selector = current): Promise<string> {
    return String((await this.get(path, selector)).value.expose());
  }

  async names(query: Partial<ListQuery> = {}): Promise<readonly string[]> {
    const page = await this.provider.list({ prefix: '', tags: {}, limit: 100, ...query }, this.call);
    return page.items.map(({ name }) => name);
  }

  describe(path: string): Promise<SecretMetadata> {
    return this.provider.describe(this.provider.locate(path, current).id, this.call);
  }

  /** The paths that were asked for since the last look, without the part that all have. */
  asked(): readonly string[] {
    const all = this.server.requests.slice(this.#looked).map(({ method, path }) => `${method} ${path}`);
    this.#looked = this.server.requests.length;
    return all.map((line) => line.replace(/\/v1\/projects\/[^/]+(\/locations\/[^/]+)?\//, ''));
  }

  #looked = 0;
}

/** What the work fails with, as `Category/Code`. */
export async function failureOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (isSecretsError(error)) return `${error.category}/${error.code}`;
    throw error;
  }
  return 'no failure';
}

/** The message that the work fails with. */
export async function messageOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (isSecretsError(error)) return error.message;
    throw error;
  }
  return 'no failure';
}
