/** Makes the fake of a part; equal parts become equal. */
export type FakePart = (text: string) => string;

const URL_TEXT = /^([a-z][a-z0-9+.-]*):\/\/(?:([^@/?#]*)@)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/is;
const HOST = /^(\[[^\]]*\]|[^:]*)((?::\d+)?)$/;
const IPV4 = /^\d+(?:\.\d+){3}$/;

export const isUrl = (text: string): boolean => URL_TEXT.test(text) && !/\s/.test(text);

/** A URL with the same scheme, ports and names of parameters; all else is made up. */
export function fakeUrl(text: string, fake: FakePart): string {
  const [, scheme = '', userinfo, hosts = '', path = '', query, fragment] = URL_TEXT.exec(text) ?? [];
  const part = (encoded: string): string => encodeURIComponent(fake(decode(encoded)));
  return [
    `${scheme}://`,
    userinfo === undefined ? '' : `${userinfo.split(':').map(part).join(':')}@`,
    hosts
      .split(',')
      .map((host) => fakeHost(host, fake))
      .join(','),
    path.split('/').map(part).join('/'),
    query === undefined
      ? ''
      : `?${query
          .split('&')
          .map((pair) => fakePair(pair, part))
          .join('&')}`,
    fragment === undefined ? '' : `#${part(fragment)}`,
  ].join('');
}

function fakePair(pair: string, part: FakePart): string {
  const at = pair.indexOf('=');
  return at === -1 ? part(pair) : `${pair.slice(0, at)}=${part(pair.slice(at + 1))}`;
}

function fakeHost(text: string, fake: FakePart): string {
  const [, host = '', port = ''] = HOST.exec(text) ?? [];
  // Addresses of RFC 5737 and RFC 3849, and a name of RFC 2606: nobody has them.
  if (IPV4.test(host)) return `192.0.2.${1 + (sum(fake(host)) % 254)}${port}`;
  if (host.startsWith('[')) return `[2001:db8::1]${port}`;
  return host === '' ? port : `${letters(fake(host.replaceAll('.', '')))}.example${port}`;
}

const sum = (text: string): number => Buffer.from(text).reduce((total, byte) => total + byte, 0);
const letters = (text: string): string => text.toLowerCase().replaceAll(/[^a-z0-9]/g, 'x');

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
