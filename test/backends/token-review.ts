import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { makeCertificate } from '../fakes/make-certificate.ts';

export interface TokenReview {
  readonly address: string;
  /** PEM. */
  readonly ca: string;
  /** Subjects such as `system:serviceaccount:shop:web` by the tokens that the cluster knows. */
  readonly subjects: Map<string, string>;
}

/** The one call of a Kubernetes API server that a login makes: TokenReview, over HTTPS. */
export async function startTokenReview(t: Test): Promise<TokenReview> {
  const { cert, key } = await makeCertificate(t.testdir(), 'localhost', 'IP:127.0.0.1');
  const subjects = new Map<string, string>();
  const ca = await readFile(cert, 'utf8');
  const server = createServer({ cert: ca, key: await readFile(key) }, (request, response) => {
    answer(request, response, subjects).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { address: `https://127.0.0.1:${port}`, ca, subjects };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  subjects: ReadonlyMap<string, string>,
): Promise<void> {
  const isRight = request.url === '/apis/authentication.k8s.io/v1/tokenreviews' && request.method === 'POST';
  const body = JSON.stringify(review(JSON.parse(await text(request)), subjects));
  response.writeHead(isRight ? 201 : 404, { 'content-type': 'application/json' }).end(body);
}

function review(
  request: { readonly spec?: { readonly token?: string } },
  subjects: ReadonlyMap<string, string>,
): object {
  const username = subjects.get(request.spec?.token ?? '');
  const status =
    username === undefined
      ? { authenticated: false, error: 'invalid bearer token' }
      : { authenticated: true, user: { username, uid: 'u-1', groups: ['system:serviceaccounts'] } };
  return { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', ...request, status };
}
