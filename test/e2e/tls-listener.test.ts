import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { test } from 'tap';
import type { ListenerTls } from '../../src/config/config.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { type Scope, temporaryDirectory } from './temporary-directory.ts';

const run = promisify(execFile);
const directory = await temporaryDirectory(t);
const server = await makeCertificate(directory, 'server', 'DNS:keyfob.test');
const next = await makeCertificate(directory, 'next', 'DNS:keyfob.test');
const client = await makeCertificate(directory, 'client', 'DNS:client.test');
const stranger = await makeCertificate(directory, 'stranger', 'DNS:stranger.test');
const TOKEN = 'a-token-of-the-caller';
await writeFile(join(directory, 'token'), TOKEN);
const callers = [{ name: 'web', token: { file: join(directory, 'token') }, operations: ['get'], allow: ['**'] }];
const secrets = await secretsFile(t, 'db/creds: value\n');

interface Ask {
  readonly port: number;
  readonly ca: string;
  readonly own?: { readonly cert: string; readonly key: string };
  readonly maxVersion?: 'TLSv1.1';
}

/** The status, or the code of what went wrong below HTTP. */
async function ask({ port, ca, own, maxVersion }: Ask): Promise<number | string> {
  const keys = own === undefined ? {} : { cert: await readFile(own.cert), key: await readFile(own.key) };
  const options = {
    ca: await readFile(ca),
    ...keys,
    ...(maxVersion !== undefined && { maxVersion, minVersion: maxVersion }),
  };
  const headers = { authorization: `Bearer ${TOKEN}` };
  return new Promise((resolve) => {
    const asked = get(
      {
        host: '127.0.0.1',
        port,
        servername: 'keyfob.test',
        path: '/v1/secrets/db/creds',
        agent: false,
        headers: { ...headers, host: 'keyfob.test' },
        ...options,
      },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    asked.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  });
}

async function start(scope: Scope, tls: ListenerTls) {
  const config = localConfig(secrets, {
    // All interfaces: others could reach it.
    listen: ['0.0.0.0:0', '127.0.0.1:0'],
    hosts: ['keyfob.test'],
    tls,
    access: { mode: 'token', callers },
  });
  const daemon = await startDaemon(scope, { config, isReadinessOpen: true });
  const address = daemon.address(0);
  return { daemon, config, port: address.kind === 'tcp' ? address.port : 0 };
}

test('what others can reach speaks TLS and nothing else', async (t) => {
  const { daemon, port } = await start(t, server);
  t.equal(await ask({ port, ca: server.cert }), 200);
  t.equal(await ask({ port, ca: stranger.cert }), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  t.type(await ask({ port, ca: server.cert, maxVersion: 'TLSv1.1' }), 'string', 'no old version of it');
  const plain = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /v1/secrets/db/creds HTTP/1.1\r\nHost: keyfob.test\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`),
    );
    socket.setEncoding('latin1').on('data', (part: string) => (text += part));
    socket.on('close', () => resolve(text)).on('error', () => undefined);
  });
  t.notMatch(plain, /value|HTTP\/1.1 200/);
  const local = await daemon.http(1).get('/v1/secrets/db/creds', { authorization: `Bearer ${TOKEN}` });
  t.equal(local.status, 200, 'on loopback it is as it was');
  t.equal((await daemon.stop()).code, 0);
});

test('with a client authority nobody gets a word in without a certificate of it', async (t) => {
  const { daemon, port } = await start(t, { ...server, clientCa: client.cert });
  t.equal(await ask({ port, ca: server.cert, own: client }), 200);
  t.type(await ask({ port, ca: server.cert }), 'string');
  t.type(await ask({ port, ca: server.cert, own: stranger }), 'string');
  await daemon.stop();
  t.equal(daemon.audit.length, 1, 'those have not become requests');
});

test('SIGHUP reads the files again; with bad ones everything stays', async (t) => {
  const folder = await temporaryDirectory(t);
  const files = { cert: join(folder, 'c.pem'), key: join(folder, 'k.pem') };
  const put = async (from: typeof server): Promise<void> => {
    await copyFile(from.cert, files.cert);
    await copyFile(from.key, files.key);
  };
  await put(server);
  const { daemon, config, port } = await start(t, files);
  t.equal(await ask({ port, ca: server.cert }), 200);
  await put(next);
  await daemon.reload(config);
  t.equal(await ask({ port, ca: next.cert }), 200);
  t.equal(await ask({ port, ca: server.cert }), 'DEPTH_ZERO_SELF_SIGNED_CERT');
  await copyFile(server.key, files.key);
  await daemon.reload(config);
  await daemon.logged('the configuration stays as it was');
  t.equal(await ask({ port, ca: next.cert }), 200);
});

test('files that are wrong stop the start, and nothing of them is told', async (t) => {
  const { stderr } = await run('openssl', ['version']);
  t.equal(stderr, '');
  for (const [tls, complaint] of [
    [{ cert: server.cert, key: next.key }, /'tls.cert': the file holds no certificate that fits the private key/],
    [{ cert: server.cert, key: '/nowhere' }, /'tls.key': the file '\/nowhere' cannot be read/],
    [{ ...server, clientCa: server.key }, /'tls.clientCa': the file holds no certificate authority/],
  ] as const)
    await t.rejects(start(t, tls), { message: complaint });
});
