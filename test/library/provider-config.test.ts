import { test } from 'tap';
import { commonProviderProperties } from '../../src/config/schema.ts';
import type {
  AwsProviderConfig,
  AzureProviderConfig,
  CommonProviderConfig,
  GcpProviderConfig,
  LocalProviderConfig,
  RemoteProviderConfig,
  VaultProviderConfig,
} from '../../src/library/provider-config.ts';
import type { AzureAuth, VaultAuth } from '../../src/library/settings.ts';
import { providerKinds } from '../../src/providers/registry.ts';

// The compiler sees to it that these are the keys of the types, and the tests that they are those of the schemas.
type KeysOf<T> = Record<keyof T, true>;
const common: KeysOf<CommonProviderConfig> = { name: true, attemptTimeout: true };
const remote: KeysOf<RemoteProviderConfig> = { ...common, tls: true, insecure: true };
const local: KeysOf<LocalProviderConfig> = { ...common, type: true, path: true };
const vault: KeysOf<VaultProviderConfig> = {
  ...remote,
  type: true,
  address: true,
  mount: true,
  namespace: true,
  kvVersion: true,
  leased: true,
  rotate: true,
  auth: true,
  revokeOnShutdown: true,
};
const aws: KeysOf<AwsProviderConfig> = {
  ...remote,
  type: true,
  region: true,
  regions: true,
  endpoint: true,
  stsEndpoint: true,
  profile: true,
  roleArn: true,
  externalId: true,
  fips: true,
  dualstack: true,
  allowExecutable: true,
};
const azure: KeysOf<AzureProviderConfig> = {
  ...remote,
  type: true,
  vaultUrl: true,
  auth: true,
  authorityHost: true,
  verifyChallenge: true,
  enforceExpiry: true,
};
const gcp: KeysOf<GcpProviderConfig> = {
  ...remote,
  type: true,
  project: true,
  location: true,
  endpoint: true,
  latestPolicy: true,
  auth: true,
  quotaProject: true,
  universeDomain: true,
  allowExecutable: true,
};
const azureAuth: KeysOf<AzureAuth> = {
  method: true,
  tenantId: true,
  clientId: true,
  clientSecret: true,
  certificate: true,
  password: true,
  algorithm: true,
  sendChain: true,
  tokenFile: true,
  objectId: true,
  resourceId: true,
};
type KeyOfAny<T> = T extends unknown ? keyof T : never;
const vaultAuth: Record<KeyOfAny<VaultAuth>, true> = {
  method: true,
  token: true,
  roleId: true,
  secretId: true,
  wrappedSecretId: true,
  role: true,
  jwt: true,
  jwtPath: true,
  name: true,
  region: true,
  headerValue: true,
  mount: true,
};

const keys = (value: object): readonly string[] => Object.keys(value).sort();

test('the types of the providers have the keys that their schemas have', (t) => {
  const types = new Map(Object.entries({ local, vault, aws, azure, gcp }));
  t.same(
    providerKinds.map(({ type }) => type),
    [...types.keys()],
  );
  for (const { type, schema } of providerKinds)
    t.same(keys(types.get(type) ?? {}), keys({ ...commonProviderProperties, ...schema.properties }), type);
  for (const [type, auth] of Object.entries({ vault: vaultAuth, azure: azureAuth })) {
    const schema = providerKinds.find((kind) => kind.type === type)?.schema.properties['auth'];
    t.same(keys(auth), keys(Object(schema).properties), `${type} auth`);
  }
  t.end();
});
