/** JSON schema of the path of a mount. */
export const mountSchema = { type: 'string', pattern: '[^/]', expected: 'a path of at least one segment' } as const;

/** Vault takes the path of a mount with slashes at its ends and without; here it has none. */
export const trimSlashes = (path: string): string => path.replaceAll(/^\/+|\/+$/g, '');

/** What is wrong with the path of a mount, as the end of a sentence that begins with its key. */
export const mountProblem = (mount: string): string | undefined =>
  trimSlashes(mount)
    .split('/')
    .some((segment) => ['', '.', '..'].includes(segment))
    ? 'must be the path of a mount'
    : undefined;
