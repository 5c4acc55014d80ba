/** Where in the configuration something is: keys of mappings and indexes of lists, from the root. */
export type KeyPath = readonly (string | number)[];

// No key of ours has a digit or another character. What else stands where a key should be may be a credential that
// slipped there, such as `{ token:abc }` without the blank, so it is cut off.
const SHOWN = /^[A-Za-z_-]{0,24}/;

/** `providers[0].auth.role`, of which nothing can be a value. */
export function formatKeyPath(path: KeyPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += (text === '' ? '' : '.') + formatKey(step);
  }
  return text;
}

/** How a sentence about the place begins: the quoted path. */
export const subjectOf = (path: KeyPath): string =>
  path.length === 0 ? 'the configuration' : `'${formatKeyPath(path)}'`;

/** One text for each path, for use as the key of a Map. */
export const keyPathId = (path: KeyPath): string => JSON.stringify(path);

function formatKey(key: string): string {
  const shown = SHOWN.exec(key)?.[0] ?? '';
  return shown === key ? key : `${shown}…`;
}
