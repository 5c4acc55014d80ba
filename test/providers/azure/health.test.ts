import t, { test } from 'tap';
import { CLIENT, CLIENT_SECRET, OTHER_TENANT, TENANT } from '../../fakes/fake-azure.ts';
import { call, createRig, fails, makeServerCertificate } from './azure-rig.ts';

const files = await makeServerCertificate(t);
const application = { method: 'client-secret', tenantId: TENANT, clientId: CLIENT, clientSecret: CLIENT_SECRET };

test('what an operator wants to know of a vault that works', async (t) => {
  const rig = await createRig(t, { files });
  t.same(await rig.provider.health(call), [
    `Logged in with a client secret, in the tenant ${TENANT}.`,
    'Secrets can be read.',
  ]);
  rig.azure.vault.mayList = false;
  const sentences = await rig.provider.health(call);
  t.match(sentences.at(-1), /cannot be listed/);
});

test('a wrong tenant', async (t) => {
  const rig = await createRig(t, { files, options: { auth: { ...application, tenantId: OTHER_TENANT } } });
  const error = await fails(t, rig.provider.health(call), 'AuthenticationError/InvalidCredentials');
  t.match(
    error.message,
    `the vault belongs to the tenant '${TENANT}', the credentials to '${OTHER_TENANT}': see 'tenantId'`,
  );
});

test('a tenant that does not exist', async (t) => {
  const rig = await createRig(t, { files, options: { auth: { ...application, tenantId: 'nowhere.example' } } });
  const error = await fails(t, rig.provider.health(call), 'AuthenticationError/InvalidCredentials');
  t.match(error.message, /no such tenant: see 'tenantId' \(AADSTS90002\)/);
});

test('a vault that does not exist', async (t) => {
  const rig = await createRig(t, { files, options: { vaultUrl: 'https://keyfob-test.invalid' } });
  const error = await fails(t, rig.provider.health(call), 'NetworkError/ConnectionFailed');
  t.match(error.message, /there is no vault of the name in 'vaultUrl'/);
});

test('an address that is not of a vault', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.server.fault = () => ({ status: 200, body: '<html>a portal</html>' });
  const error = await fails(t, rig.provider.health(call), 'ProviderError/ProviderUnavailable');
  t.match(error.message, /not of a Key Vault: see 'vaultUrl'/);
});

test('a missing role', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.mayGet = false;
  const error = await fails(t, rig.provider.health(call), 'AccessError/AccessDenied');
  t.match(
    error.message,
    "no access to the secrets of the vault: our identity lacks the role 'Key Vault Secrets User' (Azure RBAC)",
  );
  rig.azure.vault.refusal = 'ForbiddenByPolicy';
  const policy = await fails(t, rig.provider.health(call), 'AccessError/ResourcePolicyDenied');
  t.match(policy.message, /access policies/);
});

test('the firewall', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.network = 'ForbiddenByFirewall';
  const error = await fails(t, rig.provider.health(call), 'ProviderError/ProviderUnavailable');
  t.match(error.message, /firewall refuses our address/);
});

test('a list that fails for another reason', async (t) => {
  const rig = await createRig(t, { files });
  rig.azure.vault.server.fault = ({ url }) =>
    url.pathname === '/secrets' ? { status: 502, body: '<html>' } : undefined;
  await fails(t, rig.provider.health(call), 'ProviderError/ProviderUnavailable');
});
