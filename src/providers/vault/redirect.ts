import { isExposed } from '../../transport/endpoint.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../../transport/http-client.ts';

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 307, 308]);

/**
 * Sends a call and follows one redirect, which is how a standby names the active node when it cannot forward. Method,
 * body and token go along, so a place that is not to have them is not followed, and the redirect is the answer.
 */
export async function sendToActive(http: HttpClient, request: HttpRequest): Promise<HttpResponse> {
  const response = await http.send(request);
  const location = REDIRECTS.has(response.status) ? response.headers.get('location') : undefined;
  const url = location === undefined ? undefined : parseTarget(location, request.url);
  return url === undefined ? response : http.send({ ...request, url });
}

/** A node's own address of the same call, no less protected; undefined for anything else, such as a login page. */
function parseTarget(location: string, from: URL): URL | undefined {
  const url = URL.parse(location, from);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  if (from.protocol === 'https:' && url.protocol !== 'https:') return undefined;
  if (isExposed(url) && !isExposed(from)) return undefined;
  return callOf(url) === callOf(from) ? url : undefined;
}

/** The part that a redirect keeps: a proxy in front of one of the nodes may add a path. */
const callOf = ({ pathname, search }: URL): string => pathname.slice(pathname.indexOf('/v1/')) + search;
