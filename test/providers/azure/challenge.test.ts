import t from 'tap';
import { parseChallenge, toTokenRequest } from '../../../src/providers/azure/challenge.ts';
import { TENANT } from '../../fakes/fake-azure.ts';

const usual = `Bearer authorization="https://login.microsoftonline.com/${TENANT}", resource="https://vault.azure.net"`;
t.same(parseChallenge(usual), { resource: 'https://vault.azure.net', tenantId: TENANT });
t.same(parseChallenge(usual.replaceAll('", ', '",')), { resource: 'https://vault.azure.net', tenantId: TENANT });
t.same(parseChallenge(usual.replace('Bearer', 'bearer')), { resource: 'https://vault.azure.net', tenantId: TENANT });
t.same(
  parseChallenge(`Bearer authorization_uri="https://h/${TENANT}/oauth2", scope="https://vault.azure.cn/.default"`),
  {
    resource: 'https://vault.azure.cn',
    tenantId: TENANT,
  },
);
t.same(
  parseChallenge(`${usual}, PoP resource="https://other.example", nonce="x"`)?.resource,
  'https://vault.azure.net',
);
t.same(parseChallenge(`PoP nonce="x", ${usual}`)?.resource, 'https://vault.azure.net');
const claims = Buffer.from('{"a":1}').toString('base64');
t.same(parseChallenge(`Bearer realm="", error="insufficient_claims", claims="${claims}"`), { claims: '{"a":1}' });
t.same(parseChallenge(`Bearer error="invalid_token", claims="${claims}"`), {}, 'claims belong to their error');
t.same(parseChallenge('Bearer authorization="https://login.microsoftonline.com/"'), {});
for (const header of [undefined, '', 'Basic realm="x"', 'NotBearer resource="x"', 'Bearer'])
  t.equal(parseChallenge(header), undefined);

const vault = new URL('https://shop.vault.azure.net');
const challenge = { resource: 'https://vault.azure.net', tenantId: TENANT };
t.same(toTokenRequest(challenge, vault, true), challenge);
t.same(toTokenRequest({ resource: 'https://vault.azure.net' }, vault, true), { resource: 'https://vault.azure.net' });
const strange = [
  'https://azure.com',
  'https://ault.azure.net',
  'https://shop.vault.azure.net',
  'https://management.azure.com',
  'https://vault.azure.net.example',
];
for (const resource of strange) {
  t.throws(() => toTokenRequest({ resource }, vault, true), { code: 'ProviderUnavailable', message: /another domain/ });
  t.same(toTokenRequest({ resource }, vault, false), { resource }, 'unless it is allowed');
}
for (const nothing of [{}, { resource: 'vault' }, { resource: '' }])
  t.throws(() => toTokenRequest(nothing, vault, false), { code: 'ProviderUnavailable', message: /which token/ });
