import { test } from 'tap';
import { Redacted } from '../../../src/core/redacted.ts';
import { signCallerIdentity } from '../../../src/credentials/aws/caller-identity.ts';
import { checkSignature, type SignatureRules } from '../../fakes/aws-signature-check.ts';

const date = new Date(Date.UTC(2026, 0, 2, 3, 4, 5));
const options = {
  credentials: {
    accessKeyId: 'AKIAUSER',
    secretAccessKey: new Redacted('secret'),
    sessionToken: new Redacted('token'),
    source: 'a test',
  },
  region: 'eu-west-1',
  endpoint: new URL('https://sts.eu-west-1.amazonaws.com/'),
  date,
};
const rules: SignatureRules = {
  service: 'sts',
  region: 'eu-west-1',
  keys: new Map([['AKIAUSER', { secretAccessKey: 'secret', sessionToken: 'token' }]]),
  nowMs: date.getTime(),
};

test('the request is one that STS accepts, with the server id signed', (t) => {
  const request = signCallerIdentity({ ...options, serverId: 'vault.shop' });
  t.equal(request.method, 'POST');
  t.equal(request.body, 'Action=GetCallerIdentity&Version=2011-06-15');
  t.equal(request.url.href, 'https://sts.eu-west-1.amazonaws.com/');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  t.equal(checkSignature({ method: 'POST', target: '/', headers, body: request.body }, rules), undefined);
  t.equal(headers['x-vault-aws-iam-server-id'], 'vault.shop');
  t.match(headers['authorization'], /SignedHeaders=[^,]*x-vault-aws-iam-server-id/);
  const forged = { ...headers, 'x-vault-aws-iam-server-id': 'vault.other' };
  t.match(checkSignature({ method: 'POST', target: '/', headers: forged, body: request.body }, rules), {
    code: 'InvalidSignatureException',
  });
  t.end();
});

test('without a server id there is no such header', (t) => {
  t.notOk(Object.keys(signCallerIdentity(options).headers).some((name) => /vault/i.test(name)));
  t.end();
});
