import { test } from 'tap';
import { containerEndpoint } from '../../../src/credentials/aws/container-endpoint.ts';

const full = (uri: string): string | undefined => containerEndpoint({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri })?.href;
const relative = (uri: string): string | undefined =>
  containerEndpoint({ AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: uri })?.href;

const allowed = [
  'http://127.0.0.1/a',
  'http://127.255.255.254:8080/a?b=c',
  'http://localhost/a',
  'http://[::1]:80/a',
  'http://[0:0:0:0:0:0:0:1]/a',
  'http://169.254.170.2/v2/credentials/1',
  'http://169.254.170.23/v1/credentials',
  'http://[fd00:ec2::23]/v1/credentials',
  'http://0x7f.1/a',
  'https://192.0.2.1/a',
  'https://credentials.example/a',
];

const refused = [
  'http://192.0.2.1/a',
  'http://169.254.169.254/latest/meta-data/',
  'http://169.254.170.3/a',
  'http://[fd00:ec2::254]/a',
  'http://[::2]/a',
  'http://10.0.0.1/a',
  'http://localhost.example/a',
  'http://127.0.0.1.example/a',
  'http://127.0.0.1@192.0.2.1/a',
  'https://user:password@credentials.example/a',
  'ftp://127.0.0.1/a',
  'file:///etc/passwd',
  '127.0.0.1/a',
  'http://',
];

test('an address in full is allowed on this machine, at the agents of AWS, and by TLS', (t) => {
  for (const uri of allowed) t.equal(full(uri), new URL(uri).href, uri);
  for (const uri of refused)
    t.throws(
      () => full(uri),
      { code: 'InvalidCredentials', message: /^'AWS_CONTAINER_CREDENTIALS_FULL_URI' (is not a URL|must)/ },
      uri,
    );
  t.end();
});

test('a relative one is a path at the agent of ECS, and nothing else', (t) => {
  t.equal(relative('/v2/credentials/1?a=b'), 'http://169.254.170.2/v2/credentials/1?a=b');
  t.equal(relative('//192.0.2.1/a'), 'http://169.254.170.2//192.0.2.1/a');
  for (const uri of ['@192.0.2.1/a', '.example/a', ':80@192.0.2.1/', 'v2', '0/a'])
    t.throws(() => relative(uri), { message: "'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI' must begin with '/'" }, uri);
  t.end();
});

test('the relative one is before the one in full; empty ones are none', (t) => {
  const env = {
    AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '/a',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: 'https://b.example/',
  };
  t.equal(containerEndpoint(env)?.href, 'http://169.254.170.2/a');
  t.equal(containerEndpoint({ ...env, AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: '' })?.href, 'https://b.example/');
  t.equal(containerEndpoint({}), undefined);
  t.end();
});
