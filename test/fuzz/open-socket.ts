import { connect, type NetConnectOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where a listener is, and by which authority it is known when it speaks TLS. */
export type Address = NetConnectOpts & { readonly ca?: string };

/** A connection whose two sides end by themselves. What is written before it is made is kept. */
export function openSocket({ ca, ...address }: Address): Socket {
  const options = { ...address, allowHalfOpen: true };
  return ca === undefined ? connect(options) : connectTls({ ...options, ca, servername: 'localhost' });
}
