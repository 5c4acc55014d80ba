import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { HttpResponse } from '../../transport/http-client.ts';
import type { AzureCredential } from './azure-credential.ts';
import type { AzureTools } from './azure-tools.ts';
import { parseObject } from '../../core/json-fields.ts';
import { identityQuery, type ManagedIdentityId } from './managed-identity-id.ts';
import { askMetadata, fetchMetadataToken, type MetadataAsk } from './metadata-token.ts';

const SOURCE = 'the managed identity of Azure Arc';
const MAX_KEY_BYTES = 4_096;

export interface ArcOptions {
  readonly endpoint: URL;
  readonly id: ManagedIdentityId;
  /** The folder of the agent's key files. */
  readonly folder: string;
}

/**
 * The agent of a machine outside Azure. It refuses at first and names a file, which it has just written; who can read
 * the file may have a token. Any other file than one of the agent's would be sent to whoever listens at the endpoint.
 */
export function createAzureArc(tools: AzureTools, { endpoint, id, folder }: ArcOptions): AzureCredential {
  return {
    proof: async () => new Redacted(''),
    requestToken({ resource }, signal) {
      const query = { 'api-version': '2020-06-01', resource, ...identityQuery(id, 'msi_res_id') };
      return fetchMetadataToken(
        tools,
        { endpoint, query, headers: { Metadata: 'true' }, signal, source: SOURCE },
        async (ask) => {
          const response = await askMetadata(tools, ask);
          if (response.status !== 401) return response;
          const answered = await askMetadata(tools, await withKey(ask, response, folder));
          assertIdentity(answered, id);
          return answered;
        },
      );
    },
  };
}

async function withKey(ask: MetadataAsk, { headers }: HttpResponse, folder: string): Promise<MetadataAsk> {
  const path = /^Basic realm=(.+)$/i.exec(headers.get('www-authenticate')?.trim() ?? '')?.[1];
  if (path === undefined) throw refused('does not name a key file');
  if (dirname(path) !== folder || `${folder}/${basename(path)}` !== path || !path.endsWith('.key'))
    throw refused(`names a file that is no key file in '${folder}'`);
  return { ...ask, headers: { ...ask.headers, Authorization: `Basic ${await readKey(path)}` } };
}

async function readKey(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(MAX_KEY_BYTES + 1) });
    if (bytesRead <= MAX_KEY_BYTES) return buffer.toString('utf8', 0, bytesRead);
  } catch {
    throw refused(`names the key file '${path}', which cannot be read: is this user in the group 'himds'?`);
  }
  throw refused('names a key file that is too large');
}

/** An older agent does not know of several identities and gives the token of the machine's own. */
function assertIdentity({ text }: HttpResponse, id: ManagedIdentityId): void {
  const body = parseObject(text);
  if (body?.['access_token'] === undefined) return;
  const given = { clientId: body['client_id'], objectId: body['object_id'], resourceId: body['msi_res_id'] };
  for (const key of ['clientId', 'objectId', 'resourceId'] as const) {
    const wanted = id[key];
    if (wanted !== undefined && wanted.toLowerCase() !== String(given[key]).toLowerCase())
      throw refused('gives a token of another identity than the one that was asked for');
  }
}

const refused = (problem: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `the agent of Azure Arc ${problem}`);
