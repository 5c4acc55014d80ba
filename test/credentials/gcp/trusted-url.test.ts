import { test } from 'tap';
import { AuthenticationError } from '../../../src/core/errors/authentication-error.ts';
import { parseTrustedUrl } from '../../../src/credentials/gcp/trusted-url.ts';
import { GcpWorld } from './gcp-world.ts';

test('only addresses of Google, or of this machine where that is allowed', async (t) => {
  const { tools } = await GcpWorld.create(t);
  const good = (address: string, more = {}): void => {
    const universe = { ...tools, insecure: false, ...more };
    t.equal(parseTrustedUrl(address, 'token_url', universe).href, new URL(address).href, address);
  };
  const bad = (address: string, more = {}): void => {
    const universe = { ...tools, insecure: false, ...more };
    t.throws(() => parseTrustedUrl(address, 'token_url', universe), AuthenticationError, address);
  };
  good('https://sts.googleapis.com/v1/token');
  good('https://sts.europe-west1.rep.googleapis.com/v1/token');
  good('https://accounts.google.com/o/oauth2/token');
  good('https://sts.cloud.example/v1/token', { universeDomain: 'cloud.example' });
  good('https://sts.googleapis.com/v1/token', { universeDomain: 'cloud.example' });
  good('http://127.0.0.1:8080/token', { insecure: true });
  good('http://localhost:8080/token', { insecure: true });
  bad('http://127.0.0.1:8080/token');
  bad('http://sts.googleapis.com/v1/token');
  bad('http://sts.googleapis.com/v1/token', { insecure: true });
  bad('https://evil.example/v1/token', { insecure: true });
  bad('https://googleapis.com.evil.example/');
  bad('https://evilgoogleapis.com/');
  bad('https://googleapis.com/');
  bad('https://user:password@sts.googleapis.com/');
  bad('https://sts.cloud.example/v1/token');
  bad('https://evil.example/?.googleapis.com');
  bad('https://evil.example#.googleapis.com');
  bad('ftp://sts.googleapis.com/');
  bad('nonsense');
});

test('the member is named, and not what it holds', async (t) => {
  const { tools } = await GcpWorld.create(t);
  t.throws(() => parseTrustedUrl('https://evil.example', 'token_uri', tools), {
    message: "the credential file is not used: 'token_uri' is not an 'https://' address of 'googleapis.com'",
  });
});
