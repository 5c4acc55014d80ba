// Loaded into the daemon with --import: names under `.store.test` resolve to loopback as long as a file is there.
import { existsSync } from 'node:fs';
import dns from 'node:dns';

const lookup = dns.lookup;

dns.lookup = (name, options, callback) => {
  if (!name.endsWith('.store.test')) return lookup(name, options, callback);
  if (!existsSync(process.env.NAMES_RESOLVE_FILE)) {
    const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), {
      code: 'ENOTFOUND',
      syscall: 'getaddrinfo',
    });
    return process.nextTick(callback, error);
  }
  return lookup('127.0.0.1', options, callback);
};
