/** Options of a local instance, as data. */
export const localSchema = {
  properties: { path: { type: 'string', minLength: 1 } },
  required: ['path'],
} as const;

export interface LocalOptions {
  /** A .yaml, .yml, .json or .env file, or a directory with a file for each secret. */
  readonly path: string;
}

/** Takes options that fit the schema. */
export function parseLocalOptions(options: unknown): LocalOptions {
  if (typeof options === 'object' && options !== null && 'path' in options && typeof options.path === 'string')
    return { path: options.path };
  throw new TypeError("the options of a local provider need a 'path'");
}
