import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** Makes a self-signed certificate, which is its own authority, with openssl. `altName` is `DNS:name` or `IP:address`. */
export async function makeCertificate(folder: string, name: string, altName: string): Promise<CertificateFiles> {
  const files = { cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) };
  const kind = ['-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${altName}`];
  await run('openssl', ['req', ...kind, ...subject, '-keyout', files.key, '-out', files.cert]);
  return files;
}
