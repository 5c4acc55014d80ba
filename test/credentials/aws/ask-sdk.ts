import { defaultProvider } from '@aws-sdk/credential-provider-node';

/** Keys in plain text, or the failure. */
export type Outcome = { readonly key: string; readonly secret: string; readonly token: string | undefined } | Error;

const quiet = (): void => undefined;
const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };

export const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

/** What the official SDK picks in this environment, and nothing else in it. One at a time: it reads `process.env`. */
export async function askSdk(env: Readonly<Record<string, string>>, profile?: string): Promise<Outcome> {
  const before = { ...process.env };
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  try {
    // Without retries of the container's agent, which cost a second each.
    const init = { ignoreCache: true, maxRetries: 0, logger, ...(profile !== undefined && { profile }) };
    const found = await defaultProvider(init)();
    return { key: found.accessKeyId, secret: found.secretAccessKey, token: found.sessionToken };
  } catch (error) {
    return toError(error);
  } finally {
    for (const name of Object.keys(process.env)) delete process.env[name];
    Object.assign(process.env, before);
  }
}
