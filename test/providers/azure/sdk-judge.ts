import tls from 'node:tls';
import { readFileSync } from 'node:fs';
import type { TokenCredential } from '@azure/identity';
import { ClientSecretCredential } from '@azure/identity';
import { SecretClient, type SecretProperties } from '@azure/keyvault-secrets';
import type { SecretProvider } from '../../../src/core/provider.ts';
import type { SecretMetadata } from '../../../src/core/secret.ts';
import { toSelector } from '../../../src/core/selector.ts';
import { CLIENT, CLIENT_SECRET, type FakeAzure, TENANT } from '../../fakes/fake-azure.ts';
import type { CertificateFiles } from '../../fakes/make-certificate.ts';
import { call } from './azure-rig.ts';

/** What both sides can do, and the answers in one form: names as in the vault, in small letters. */
export interface Side {
  get(name: string, version?: string): Promise<object>;
  list(): Promise<readonly object[]>;
  versions(name: string): Promise<readonly object[]>;
}

/** Has the official client trust the servers of the fake. */
export function trust(files: CertificateFiles): void {
  tls.setDefaultCACertificates([readFileSync(files.cert, 'utf8')]);
}

export function sdkCredential(
  azure: FakeAzure,
  { tenantId = TENANT, clientId = CLIENT, clientSecret = CLIENT_SECRET },
): TokenCredential {
  const retryOptions = { maxRetries: 0 };
  const options = { authorityHost: azure.entra.origin, disableInstanceDiscovery: true, retryOptions };
  return new ClientSecretCredential(tenantId, clientId, clientSecret, options);
}

/** The official client; it asks once, as Keyfob's provider does. */
export function sdkSide(vaultUrl: string, credential: TokenCredential, isVerified: boolean): Side {
  const client = new SecretClient(vaultUrl, credential, {
    disableChallengeResourceVerification: !isVerified,
    retryOptions: { maxRetries: 0 },
  });
  return {
    async get(name, version) {
      const { value, properties } = await client.getSecret(name, version === undefined ? {} : { version });
      return { value, version: properties.version, ...propertiesOf(properties) };
    },
    async list() {
      const items = await Array.fromAsync(client.listPropertiesOfSecrets());
      return items.map(propertiesOf).sort(byName);
    },
    async versions(name) {
      const items = await Array.fromAsync(client.listPropertiesOfSecretVersions(name));
      // In the order of creation, which is not the one of the vault.
      items.sort((a, b) => Number(b.createdOn) - Number(a.createdOn));
      return items.map(({ version, createdOn, enabled }) => ({ version, createdAt: createdOn, isEnabled: enabled }));
    },
  };
}

export function keyfobSide(provider: SecretProvider): Side {
  const idOf = (name: string): string => provider.locate(name, {}).id;
  return {
    async get(name, version) {
      const secret = await provider.get(provider.locate(name, toSelector(version, undefined)), call);
      return { value: secret.value.expose(), version: secret.version, ...metadataOf(secret.metadata) };
    },
    async list() {
      const { items } = await provider.list({ prefix: '', tags: {}, limit: 1_000 }, call);
      return items.map(metadataOf).sort(byName);
    },
    async versions(name) {
      const { items } = await provider.versions(idOf(name), { limit: 1_000 }, call);
      return items.map(({ version, createdAt, state }) => ({ version, createdAt, isEnabled: state === 'enabled' }));
    },
  };
}

/** How a call ended: its answer, or its failure in a few words. */
export type Outcome = { readonly answer: object } | { readonly error: string };

export async function outcomeOf(work: () => Promise<object>): Promise<Outcome> {
  try {
    return { answer: await work() };
  } catch (error) {
    return { error: describe(error) };
  }
}

/** `404 SecretNotFound` of the official client, `SecretNotFoundError/VersionNotFound` of Keyfob, else the name. */
function describe(error: unknown): string {
  const { name, category, code, statusCode, details, message } = Object.assign(
    { name: '', category: '', code: '', statusCode: 0, details: {}, message: '' },
    error instanceof Error ? pick(error) : {},
  );
  if (category !== '') return `${category}/${code}`;
  const inner = /"innerError":\{"code":"(\w+)"\}/.exec(JSON.stringify(details))?.[1];
  if (statusCode !== 0) return [statusCode, code, inner].filter((part) => part !== undefined && part !== '').join(' ');
  const number = /AADSTS\d+/.exec(message)?.[0];
  return [name, code, number].filter((part) => part !== undefined && part !== '').join(' ');
}

const pick = (error: Error): object =>
  Object.fromEntries(
    ['name', 'category', 'code', 'statusCode', 'details', 'message'].flatMap((key) => {
      const value: unknown = Reflect.get(error, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );

const propertiesOf = ({ name, contentType, tags, createdOn, updatedOn }: SecretProperties): Named => ({
  name: name.toLowerCase(),
  contentType,
  tags: tags ?? {},
  createdAt: createdOn,
  updatedAt: updatedOn,
});

const metadataOf = ({ name, description, tags, createdAt, updatedAt }: SecretMetadata): Named => ({
  name: name.replaceAll('/', '--'),
  contentType: description,
  tags,
  createdAt,
  updatedAt,
});

interface Named {
  readonly name: string;
  readonly contentType: unknown;
  readonly tags: unknown;
  readonly createdAt: unknown;
  readonly updatedAt: unknown;
}

const byName = (a: Named, b: Named): number => (a.name < b.name ? -1 : 1);
