import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { ConfigurationError } from '../core/errors/configuration-error.ts';

const file = { type: 'string', minLength: 1, expected: 'the path of a PEM file' };

/** JSON schema of a provider's `tls`. */
export const tlsSchema = {
  type: 'object',
  properties: { ca: file, cert: file, key: file },
  additionalProperties: false,
} as const;

/** Paths of PEM files. `ca` takes the place of the system's authorities; `cert` and `key` are our own. */
export interface TlsFiles {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** What is wrong with a `tls` that fits the schema, as the end of a sentence that begins with its key. */
export function tlsProblem(files: TlsFiles): string | undefined {
  return (files.cert === undefined) === (files.key === undefined)
    ? undefined
    : "needs both 'cert' and 'key', or neither";
}

/** The files' content. */
export interface TlsMaterial {
  ca?: string;
  cert?: string;
  key?: string;
}

/** @throws ConfigurationError naming the option whose file cannot be read or holds something else. */
export async function readTlsFiles(files: TlsFiles): Promise<TlsMaterial> {
  const material: TlsMaterial = {};
  for (const option of ['ca', 'cert', 'key'] as const) {
    const path = files[option];
    if (path !== undefined) material[option] = await readPem(option, path);
  }
  // Node.js takes a CA file without any certificate for an empty list, and would then trust nobody without a word.
  if (material.ca !== undefined) check('ca', () => new X509Certificate(material.ca ?? ''));
  check('cert', () => createSecureContext(material));
  return material;
}

async function readPem(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    throw new ConfigurationError('InvalidProvider', `'tls.${option}': the file '${path}' cannot be read`);
  }
}

// The cause is dropped: OpenSSL's errors may quote the key file.
function check(option: string, parse: () => unknown): void {
  try {
    parse();
  } catch {
    const what = option === 'ca' ? 'certificate authority' : 'certificate with its private key';
    throw new ConfigurationError('InvalidProvider', `'tls.${option}': the file holds no ${what} in PEM form`);
  }
}
