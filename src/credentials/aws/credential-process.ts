import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { AwsCredentials } from './credentials.ts';
import type { SourceTools } from './credential-source.ts';
import { parseCredentials, parseObject } from './parse-credentials.ts';

const MAX_OUTPUT_BYTES = 64 * 1024;

/**
 * Runs a profile's `credential_process` in a shell, as it asks for, and reads its answer. What it writes, to either
 * stream, goes into no message.
 * @throws AuthenticationError naming the profile.
 */
export async function runCredentialProcess(
  tools: SourceTools,
  { command, profile }: { readonly command: string; readonly profile: string },
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const name = `'credential_process' of profile '${profile}'`;
  if (!tools.allowExecutable)
    throw new AuthenticationError('InvalidCredentials', `${name} runs a program, which needs 'allowExecutable: true'`);
  const output = await run(command, { env: { ...tools.env }, signal }).catch(() => {
    throw new AuthenticationError('InvalidCredentials', `${name} failed`);
  });
  if (parseObject(output, name)['Version'] !== 1)
    throw new AuthenticationError('InvalidCredentials', `${name} answers in another format than 'Version' 1`);
  return parseCredentials(output, name, { token: 'SessionToken', isTemporary: false });
}

async function run(
  command: string,
  options: { readonly env: Record<string, string | undefined>; readonly signal: AbortSignal },
): Promise<string> {
  // Loaded when it is needed: most daemons run nothing, and it takes a part of each start.
  const { exec } = await import('node:child_process');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const child = exec(command, { ...options, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout) =>
    error === null ? resolve(stdout) : reject(error),
  );
  child.stdin?.end();
  return promise;
}
