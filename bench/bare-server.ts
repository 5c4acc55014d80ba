// The measure of all ratios: answers every request with the same bytes, and does nothing else.
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { CapturedAnswer } from './capture.ts';

const { status, headers, body }: CapturedAnswer = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));

const answer = (response: ServerResponse): void => {
  response.writeHead(status, headers);
  if (body === '') response.end();
  else response.end(body);
};

const server = createServer((request, response) => {
  if (request.method === 'GET') answer(response);
  else request.on('end', () => answer(response)).resume();
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) console.log(`bare server on ${address.port}`);
});
process.on('SIGTERM', () => process.exit(0));
