import { isLoopback } from './loopback.ts';

/** What is wrong with an address that is called, as the end of a sentence that begins with its key. */
export function endpointProblem(address: string, insecure: boolean): string | undefined {
  const url = URL.parse(address);
  if (url === null || !/^https?:\/\//i.test(address)) return "must be a URL that begins with 'https://'";
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or a password';
  if (url.search !== '' || url.hash !== '') return 'must not hold a query or a fragment';
  if (isExposed(url) && !insecure)
    return "must begin with 'https://': 'http://' is for this machine only, unless 'insecure: true' allows it";
  return undefined;
}

/** Whether the connection leaves this machine without encryption. */
export const isExposed = (url: URL): boolean => url.protocol === 'http:' && !isLocal(url);

const isLocal = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
