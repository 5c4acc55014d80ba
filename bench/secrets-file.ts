import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Names of the many: `item/0` and so on, 60 bytes each. */
export const ITEMS = 10_000;
/** `large/0` and so on, 10 KiB each. */
export const LARGE_ITEMS = 1_000;

const text = (bytes: number): string =>
  'abcdefghijklmnopqrstuvwxyz012345'.repeat(Math.ceil(bytes / 32)).slice(0, bytes);

const many = (count: number, name: string, bytes: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, at) => [`${name}/${at}`, text(bytes)]));

/** A file of secrets for the local provider: `value/60`, `value/10k`, `value/1m`, `value/document`, and the items. */
export function writeSecretsFile(directory: string): Promise<object> {
  const document = JSON.stringify({ user: 'app', password: text(60) });
  const values = {
    'value/60': text(60),
    'value/10k': text(10_240),
    'value/1m': text(1_048_576),
    'value/document': document,
  };
  return write(directory, { ...values, ...many(ITEMS, 'item', 60) });
}

/** For the idle daemon. */
export const writeFewSecrets = (directory: string): Promise<object> => write(directory, { 'value/60': text(60) });

/** For the memory under load: `value/10k` and a thousand more of the same size. */
export function writeLargeSecrets(directory: string): Promise<object> {
  return write(directory, { 'value/10k': text(10_240), ...many(LARGE_ITEMS, 'large', 10_240) });
}

async function write(directory: string, secrets: object): Promise<object> {
  const path = join(directory, 'secrets.json');
  await writeFile(path, JSON.stringify(secrets), { mode: 0o600 });
  return { name: 'files', type: 'local', path };
}
