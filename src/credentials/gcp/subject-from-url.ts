import { BlockList, isIPv4, isIPv6 } from 'node:net';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import { isExposed } from '../../transport/endpoint.ts';
import type { ReadSubjectToken, SubjectTokenFormat } from './subject-token.ts';
import type { SourceTools } from './token-source.ts';

const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');

export interface UrlSubject {
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly format: SubjectTokenFormat;
}

/** A subject token from a service on or next to this machine, such as the metadata service of another cloud. */
export function createUrlSubject({ address, headers, format }: UrlSubject, tools: SourceTools): ReadSubjectToken {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) throw invalid('is not a URL');
  const isNear = isLinkLocal(url) || !isExposed(url);
  if (url.protocol === 'http:' && !isNear && !tools.insecure)
    throw invalid("begins with 'http://' and leaves this machine");
  return async (signal) => {
    const http = isNear ? tools.localHttp : tools.http;
    const response = await http.send({ method: 'GET', url, headers, signal });
    if (response.status === 200) return format(response.text);
    if (response.status >= 500 || response.status === 429)
      throw new ProviderError('ProviderUnavailable', `the service of the subject token answered ${response.status}`);
    throw invalid(`is answered with status ${response.status}`);
  };
}

function isLinkLocal({ hostname }: URL): boolean {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  return (isIPv4(host) && linkLocal.check(host)) || (isIPv6(host) && linkLocal.check(host, 'ipv6'));
}

const invalid = (problem: string): AuthenticationError =>
  new AuthenticationError('InvalidCredentials', `the credential file's 'credential_source.url' ${problem}`);
