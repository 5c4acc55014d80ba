// Reads a secret of a Keyfob daemon, and again whenever it has rotated. Any Node.js from 18 on, without packages.
// KEYFOB_ADDR is http://127.0.0.1:8200 or unix:/run/keyfob/keyfob.sock; KEYFOB_TOKEN_FILE is needed where tokens are.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';

const address = process.env.KEYFOB_ADDR ?? 'http://127.0.0.1:8200';
// Longer than the daemon may hold an answer back.
const TIMEOUT_MS = 40_000;

/** Waits up to 30 seconds for something else than what the ETag stands for. */
async function ask(path, etag) {
  const headers = { accept: 'application/json', ...(etag && { 'if-none-match': etag }) };
  const { KEYFOB_TOKEN_FILE: file } = process.env;
  // For each request, since it is replaced while we run.
  if (file) headers.authorization = `Bearer ${(await readFile(file, 'utf8')).trim()}`;
  const url = new URL(
    `/v1/secrets/${path.split('/').map(encodeURIComponent).join('/')}?wait=30s`,
    address.startsWith('unix:') ? 'http://localhost' : address,
  );
  const socketPath = address.startsWith('unix:') ? address.slice('unix:'.length) : undefined;
  const asked = request(url, { headers, socketPath, signal: AbortSignal.timeout(TIMEOUT_MS) }).end();
  const [answer] = await once(asked, 'response');
  // A 304 has no body.
  if (answer.statusCode === 304) answer.resume();
  const body = answer.statusCode === 304 ? undefined : await json(answer);
  return { status: answer.statusCode, etag: answer.headers.etag, body };
}

/** Gives the secret, and each new version of it. What fails for a while does not take the last one away. */
async function* follow(path) {
  let etag;
  for (;;) {
    try {
      const answer = await ask(path, etag);
      if (answer.status === 304) continue;
      if (answer.status === 200) {
        etag = answer.etag;
        yield answer.body;
        continue;
      }
      console.error(`${path}: ${answer.status} ${answer.body.code}`);
      // A refused token may have been replaced meanwhile.
      if (answer.status !== 401 && !answer.body.retryable) process.exit(1);
    } catch (error) {
      console.error(`${path}: ${error.message}`);
    }
    await pause(1000);
  }
}

for await (const { path, data } of follow(process.argv[2] ?? 'db/creds')) {
  // Here a program connects to its database.
  console.log(`${path}: user ${data.username}, password of ${data.password.length} characters`);
}
