// The measure of all ratios: answers every request with the same bytes, and does nothing else.
// Arguments: the file of the answer, the path of a unix socket to listen on besides the port.
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { CapturedAnswer } from './capture.ts';

const [answerFile = '', socketPath = ''] = process.argv.slice(2);
const { status, headers, body }: CapturedAnswer = JSON.parse(readFileSync(answerFile, 'utf8'));

const answer = (response: ServerResponse): void => {
  response.writeHead(status, headers);
  if (body === '') response.end();
  else response.end(body);
};

const listen = (place: { readonly port: number; readonly host: string } | { readonly path: string }) => {
  const server = createServer((request, response) => {
    if (request.method === 'GET') answer(response);
    else request.on('end', () => answer(response)).resume();
  });
  server.keepAliveTimeout = 75_000;
  return new Promise<ReturnType<typeof server.address>>((resolve) => {
    server.listen(place, () => resolve(server.address()));
  });
};

await listen({ path: socketPath });
const address = await listen({ port: 0, host: '127.0.0.1' });
if (typeof address === 'object' && address !== null) console.log(`bare server on ${address.port}`);
process.on('SIGTERM', () => process.exit(0));
