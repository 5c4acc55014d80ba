import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { ListenerTls } from '../config/config.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';

/** The files' content. */
export interface ListenerMaterial {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly minVersion: 'TLSv1.2';
}

const HANDSHAKE_TIMEOUT_MS = 10_000;

/** What a server cannot change once it is open: whether clients need a certificate. */
export const tlsOptions = ({ clientCa }: ListenerTls) => ({
  handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  requestCert: clientCa !== undefined,
  rejectUnauthorized: clientCa !== undefined,
});

/** @throws ConfigurationError naming the key whose file cannot be read or holds something else */
export async function readListenerTls({ cert, key, clientCa }: ListenerTls): Promise<ListenerMaterial> {
  const material: ListenerMaterial = {
    cert: await readPem('cert', cert),
    key: await readPem('key', key),
    ...(clientCa !== undefined && { ca: await readPem('clientCa', clientCa) }),
    minVersion: 'TLSv1.2',
  };
  // Node takes a file without any certificate for an empty list; then nobody could connect, without a word.
  const { ca } = material;
  if (ca !== undefined) check('clientCa', 'certificate authority', () => new X509Certificate(ca));
  check('cert', 'certificate that fits the private key', () => createSecureContext(material));
  return material;
}

async function readPem(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new ConfigurationError('MissingEndpoint', `'tls.${option}': the file '${path}' cannot be read`);
  }
}

// The cause is dropped: OpenSSL's errors may quote the key file.
function check(option: string, what: string, parse: () => unknown): void {
  try {
    parse();
  } catch {
    throw new ConfigurationError('MissingEndpoint', `'tls.${option}': the file holds no ${what} in PEM form`);
  }
}
