import createClient, { type Client } from 'openapi-fetch';
import { Agent } from 'undici';
import type { paths } from './generated/keyfob.ts';

/** The bodies that this program wants; the daemon can send secrets as bare text or bytes, too. */
type Media = 'application/json' | 'application/problem+json';

/** @param address `http://127.0.0.1:8200`, or `unix:/run/keyfob/keyfob.sock` */
export function connect(address: string, token?: string): Client<paths, Media> {
  const headers = { accept: 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) };
  if (!address.startsWith('unix:')) return createClient<paths, Media>({ baseUrl: address, headers });
  const dispatcher = new Agent({ connect: { socketPath: address.slice('unix:'.length) } });
  return createClient<paths, Media>({ baseUrl: 'http://localhost', headers, requestInitExt: { dispatcher } });
}
