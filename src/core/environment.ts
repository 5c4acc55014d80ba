/** Environment variables by name. An empty one counts as one that is not set, as with the SDKs of the clouds. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The value of a variable; undefined when it is not set or empty. */
export const variable = (env: Environment, name: string): string | undefined => env[name] || undefined;
