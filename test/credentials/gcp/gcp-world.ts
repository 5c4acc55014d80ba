import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Test } from 'tap';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import type { FindTools } from '../../../src/credentials/gcp/find-source.ts';
import { createHttpClient } from '../../../src/transport/http-client.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeGcpAuthority } from '../../fakes/fake-gcp-authority.ts';
import { FakeGcpMetadata } from '../../fakes/fake-gcp-metadata.ts';
import { AUDIENCE, FakeGcpOAuth, SUBJECT_TOKEN_TYPE } from '../../fakes/fake-gcp-oauth.ts';
import { type FakeServer, startFakeServer } from '../../fakes/fake-gcp-server.ts';

export const ROBOT = 'keyfob@shop.iam.gserviceaccount.com';
export const MACHINE = 'machine@shop.iam.gserviceaccount.com';
export const FEDERATED = 'principal://iam.googleapis.com/pool/subject/web';
export const SUBJECT = 'subject-token-of-the-cluster';

type Content = Readonly<Record<string, unknown>>;

/** Google's identity services on loopback, a folder for files, and what sources work with. */
export class GcpWorld {
  readonly authority: FakeGcpAuthority;
  readonly oauth: FakeGcpOAuth;
  readonly oauthServer: FakeServer;
  readonly metadata: FakeGcpMetadata;
  readonly metadataServer: FakeServer;
  /** `127.0.0.1:PORT` where nobody listens. */
  readonly nowhere: string;
  readonly folder: string;
  readonly tools: FindTools;
  readonly signal = new AbortController().signal;

  private constructor(parts: Omit<GcpWorld, 'signal' | 'write' | 'externalAccount' | 'impersonationUrl' | 'path'>) {
    this.authority = parts.authority;
    this.oauth = parts.oauth;
    this.oauthServer = parts.oauthServer;
    this.metadata = parts.metadata;
    this.metadataServer = parts.metadataServer;
    this.nowhere = parts.nowhere;
    this.folder = parts.folder;
    this.tools = parts.tools;
  }

  static async create(t: Test, more: Partial<FindTools> = {}): Promise<GcpWorld> {
    const clock: Clock = more.clock ?? systemClock;
    const folder = await mkdtemp(join(tmpdir(), 'keyfob-gcp-'));
    const authority = new FakeGcpAuthority(() => clock.wallMs());
    for (const email of [ROBOT, MACHINE]) authority.addAccount(email);
    const oauth = new FakeGcpOAuth(authority);
    oauth.subjects.set(SUBJECT, FEDERATED);
    oauth.allow(FEDERATED, ROBOT);
    const metadata = new FakeGcpMetadata(authority, MACHINE);
    const [oauthServer, metadataServer, closed] = await Promise.all([
      oauth.start(),
      metadata.start(),
      startFakeServer(() => 'cut'),
    ]);
    await closed.close();
    const http = createHttpClient({ maxResponseBytes: 1024 ** 2 });
    t.teardown(async () => {
      await Promise.all([http.close(), oauthServer.close(), metadataServer.close()]);
      await rm(folder, { recursive: true });
    });
    const tools: FindTools = {
      http,
      localHttp: http,
      log: new RecordingLog(),
      random: () => 0,
      clock,
      env: { GCE_METADATA_HOST: metadataServer.host },
      universeDomain: 'googleapis.com',
      insecure: true,
      allowExecutable: false,
      signsItself: true,
      isGoogleHost: async () => false,
      ...more,
    };
    return new GcpWorld({
      authority,
      oauth,
      oauthServer,
      metadata,
      metadataServer,
      nowhere: closed.host,
      folder,
      tools,
    });
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** @returns the path. What is no text is written as JSON. */
  async write(name: string, content: unknown): Promise<string> {
    const path = this.path(name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  }

  impersonationUrl(email: string): string {
    return `${this.oauthServer.origin}/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;
  }

  externalAccount(source: Content, more: Content = {}): Content {
    return {
      type: 'external_account',
      audience: AUDIENCE,
      subject_token_type: SUBJECT_TOKEN_TYPE,
      token_url: `${this.oauthServer.origin}/v1/token`,
      credential_source: source,
      ...more,
    };
  }
}
