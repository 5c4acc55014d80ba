import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:tls';
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'tap';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { parseResponses } from '../fuzz/response-parser.ts';
import { startDaemon } from './daemon.ts';
import { localConfig, secretsFile } from './local-secrets.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { until } from './until.ts';

const ASK = 'GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n';
const REQUESTS = 7;

test('over TLS a client may ask on before it reads large answers', async (t) => {
  const certificate = await makeCertificate(await temporaryDirectory(t), 'listener', 'DNS:localhost');
  const listen = [{ address: '127.0.0.1:0', tls: certificate }];
  const config = localConfig(await secretsFile(t, 'db/creds: value\n'), { listen });
  const daemon = await startDaemon(t, { config, isReadinessOpen: true });
  const address = daemon.address();
  if (address.kind === 'unix') throw new TypeError('not of this test');
  const ca = await readFile(certificate.cert, 'utf8');
  // How the pieces fall is up to the machine: one in thirty showed what Node did wrong.
  for (let time = 0; time < 60; time += 1) {
    const socket = connect({ host: address.host, port: address.port, ca, servername: 'localhost' });
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'secureConnect');
    socket.write(ASK + ASK.slice(0, 20));
    await pause(time % 7);
    for (const piece of [ASK.slice(20) + ASK, ASK, ASK.repeat(3)]) socket.write(piece);
    const answers = await until('all are answered', () => {
      const { responses } = parseResponses(Buffer.concat(chunks), false);
      return responses.length >= REQUESTS || responses.some(({ status }) => status !== 200) ? responses : undefined;
    });
    t.same(
      answers.map(({ status }) => status),
      Array.from({ length: REQUESTS }, () => 200),
    );
    socket.destroy();
  }
});
