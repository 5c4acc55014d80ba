import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scope, temporaryDirectory } from './temporary-directory.ts';
import type { Json } from './daemon.ts';

/** A file of secrets for the local provider, readable by its owner alone. */
export async function secretsFile(scope: Scope, text: string, mode = 0o600): Promise<string> {
  const file = join(await temporaryDirectory(scope), 'secrets.yaml');
  await writeFile(file, text, { mode });
  return file;
}

/** A configuration with that file as its only provider. */
export const localConfig = (path: string, more: Json = {}): Json => ({
  providers: [{ name: 'files', type: 'local', path }],
  ...more,
});
