import type { IncomingHttpHeaders } from 'node:http';
import { RequestError } from '../core/errors/request-error.ts';
import { isLoopback } from '../core/loopback.ts';

/** A check that a request on a TCP listener of the API has to pass (design §7). Throws when it does not. */
export type Guard = (headers: IncomingHttpHeaders) => void;

const LOOPBACK_HOSTS = ['localhost', '[::1]'];
const HOST = /^(\[[^\]]*\]|[^:]*)(?::\d*)?$/;

/** Against DNS rebinding: a page of another site reaches this port under that site's name. */
export function allowedHost(hosts: readonly string[]): Guard {
  const allowed = new Set([...LOOPBACK_HOSTS, ...hosts]);
  // Programs name the same host each time.
  let seen: string | undefined;
  return ({ host }) => {
    if (host !== undefined && host === seen) return;
    if (host === undefined) throw new RequestError('HostNotAllowed', "the request has no 'Host'");
    const name = HOST.exec(host)?.[1]?.toLowerCase();
    // No other site can have an address of this machine for a name.
    if (name === undefined || !(allowed.has(name) || isLoopback(name))) {
      throw new RequestError('HostNotAllowed', "the request's 'Host' is not one that this daemon serves (see 'hosts')");
    }
    seen = host;
  };
}

/** Against proxies and SSRF: what was forwarded does not come from this machine. */
export function notForwarded(headers: IncomingHttpHeaders): void {
  for (const name in headers) {
    if (name === 'via' || name === 'forwarded' || name.startsWith('x-forwarded-')) {
      throw new RequestError('ForwardedRequest', `a request with '${name}' was forwarded, and is not served`);
    }
  }
}

/** Against pages of other sites: a browser names their origin, and how it relates to ours. */
export function sameSite(headers: IncomingHttpHeaders): void {
  const { origin, host } = headers;
  const site = headers['sec-fetch-site'];
  const isOwnOrigin = origin === undefined || origin === `http://${host}` || origin === `https://${host}`;
  const isOwnSite = site === undefined || site === 'same-origin' || site === 'none';
  if (!isOwnOrigin || !isOwnSite)
    throw new RequestError('CrossSite', 'a request from a page of another site is not served');
}
