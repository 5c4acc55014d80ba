import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const text = (bytes: number): string =>
  'abcdefghijklmnopqrstuvwxyz012345'.repeat(Math.ceil(bytes / 32)).slice(0, bytes);

/** A file of secrets for the local provider: `value/60`, `value/10k`, and `item/0` to `item/19` of 60 bytes. */
export async function writeSecretsFile(directory: string): Promise<object> {
  const path = join(directory, 'secrets.json');
  const items = Array.from({ length: 20 }, (_, at) => [`item/${at}`, text(60)]);
  const secrets = { 'value/60': text(60), 'value/10k': text(10_240), ...Object.fromEntries(items) };
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600 });
  return { name: 'files', type: 'local', path };
}
