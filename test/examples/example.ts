import { cp, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Test } from 'tap';
import { startDaemon } from '../e2e/daemon.ts';
import { localConfig, secretsFile } from '../e2e/local-secrets.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';

export const root = resolve(import.meta.dirname, '../..');

/** What each example says, in any language. */
export const expected =
  /^username: app \(version \S+ of files\)\nsecrets under db\/: db\/creds\ndb\/creds has the stages: current\nmissing: SecretDoesNotExist, to be tried again: false\n$/;

/** A copy of one example and of the contract, laid out as in the project, so that nothing generated stays in it. */
export async function copyExample(t: Test, language: string): Promise<string> {
  const copy = await temporaryDirectory(t);
  const folder = join(copy, 'examples', language);
  await mkdir(folder, { recursive: true });
  const ours = /\/(?:node_modules|generated|keyfob_client|__pycache__|keyfob)$/;
  await cp(join(root, 'examples', language), folder, { recursive: true, filter: (file) => !ours.test(file) });
  await cp(join(root, 'openapi.yaml'), join(copy, 'openapi.yaml'));
  return folder;
}

/** A daemon with the secrets of the examples; gives its addresses, one over TCP and one on a unix socket. */
export async function startExampleDaemon(t: Test): Promise<readonly string[]> {
  const socket = join(await temporaryDirectory(t), 'k.sock');
  const path = await secretsFile(t, 'db/creds: { username: app, password: example }\n');
  const config = localConfig(path, { listen: ['127.0.0.1:0', `unix:${socket}`] });
  const { addresses } = await startDaemon(t, { config });
  return addresses.map((address) =>
    address.kind === 'unix' ? `unix:${address.path}` : `http://${address.host}:${address.port}`,
  );
}
