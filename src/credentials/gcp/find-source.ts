import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { readCredentialFile } from './credential-file.ts';
import { type Environment, variable } from '../../core/environment.ts';
import { hasMetadataServer, type DetectionTools } from './metadata-detection.ts';
import { createMetadataSource } from './metadata-source.ts';
import { parseCredential } from './parse-credential.ts';
import type { SourceTools, TokenSource } from './token-source.ts';

/** How we prove who we are: by what is found, or by one way alone. */
export type GcpAuth =
  | { readonly method: 'chain' }
  | { readonly method: 'metadata' }
  | { readonly method: 'service-account' | 'external-account'; readonly file: string };

export type FindTools = SourceTools & DetectionTools;

const WELL_KNOWN = 'application_default_credentials.json';

/**
 * The credentials that are configured, or those that Google's libraries would find (application default credentials, in
 * their order): the file that `GOOGLE_APPLICATION_CREDENTIALS` names, gcloud's own file, the metadata server. A file that
 * is there and broken is an error, no reason to look further.
 * @throws AuthenticationError
 */
export async function findSource(auth: GcpAuth, tools: FindTools, signal: AbortSignal): Promise<TokenSource> {
  if (auth.method === 'metadata') return createMetadataSource(tools);
  if (auth.method !== 'chain') return readTyped(auth, tools);
  const named = variable(tools.env, 'GOOGLE_APPLICATION_CREDENTIALS') ?? variable(tools.env, LOWER_CASE);
  if (named !== undefined)
    return parseCredential(await readCredentialFile(named, "'GOOGLE_APPLICATION_CREDENTIALS'", tools), tools);
  const wellKnown = wellKnownFile(tools.env);
  if (wellKnown !== undefined && (await exists(wellKnown)))
    return parseCredential(await readCredentialFile(wellKnown, "gcloud's own file", tools), tools);
  if (await hasMetadataServer(tools, signal)) return createMetadataSource(tools);
  throw new AuthenticationError(
    'InvalidCredentials',
    "no Google credentials are found: 'GOOGLE_APPLICATION_CREDENTIALS' is not set, gcloud has no file here, and no metadata server answers",
  );
}

const LOWER_CASE = 'google_application_credentials';

async function readTyped(auth: Extract<GcpAuth, { readonly file: string }>, tools: FindTools): Promise<TokenSource> {
  const file = await readCredentialFile(auth.file, "'auth.file'", tools);
  const type = auth.method.replace('-', '_');
  if (file.type === type) return parseCredential(file, tools);
  throw new AuthenticationError(
    'InvalidCredentials',
    `the credential file of 'auth.file' is not of the type '${type}'`,
  );
}

function wellKnownFile(env: Environment): string | undefined {
  const folder = variable(env, 'CLOUDSDK_CONFIG');
  if (folder !== undefined) return join(folder, WELL_KNOWN);
  const home = variable(env, 'HOME');
  return home === undefined ? undefined : join(home, '.config', 'gcloud', WELL_KNOWN);
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
