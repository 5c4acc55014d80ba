import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isExposed } from '../../transport/endpoint.ts';
import { DEFAULT_UNIVERSE, type SourceTools } from './token-source.ts';

// Keys that were made before 2018 name it.
const LEGACY_TOKEN_HOST = 'accounts.google.com';

/**
 * An address out of a credential file that a token or a proof is sent to: one of Google's own, so that a file that was
 * tampered with cannot have it sent elsewhere; or, with `insecure`, one on this machine.
 * @throws AuthenticationError `InvalidCredentials` naming the member of the file.
 */
export function parseTrustedUrl(address: string, member: string, tools: SourceTools): URL {
  const url = URL.parse(address);
  if (url === null) throw untrusted(`'${member}' is not a URL`);
  if (url.username !== '' || url.password !== '') throw untrusted(`'${member}' holds a user name or a password`);
  if (url.protocol === 'https:' && isGoogles(url.hostname, tools.universeDomain)) return url;
  if (url.protocol === 'http:' && !isExposed(url) && tools.insecure) return url;
  throw untrusted(`'${member}' is not an 'https://' address of '${tools.universeDomain}'`);
}

function isGoogles(host: string, universe: string): boolean {
  return host === LEGACY_TOKEN_HOST || [DEFAULT_UNIVERSE, universe].some((domain) => host.endsWith(`.${domain}`));
}

const untrusted = (problem: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `the credential file is not used: ${problem}`);
