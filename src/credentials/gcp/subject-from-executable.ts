import { readFile } from 'node:fs/promises';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { Redacted } from '../../core/redacted.ts';
import { isObject, type JsonObject } from '../../core/json-object.ts';
import { variable } from '../../core/environment.ts';
import { parseExecutableResponse } from './executable-response.ts';
import { textAt } from '../../core/json-fields.ts';
import type { ReadSubjectToken } from './subject-token.ts';
import type { SourceTools } from './token-source.ts';

const DEFAULT_TIMEOUT_MS = 30_000;
const TIMEOUT_RANGE_MS = { min: 5_000, max: 120_000 } as const;
const MAX_OUTPUT_BYTES = 1024 ** 2;
const ALLOW = 'GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES';

export interface ExecutableSubject {
  readonly executable: JsonObject;
  readonly audience: string;
  readonly subjectTokenType: string;
  /** The account that is impersonated afterwards. */
  readonly account: string | undefined;
}

/**
 * A subject token that a program prints (google.aip.dev/auth/4117). A credential file could run anything so, hence two
 * locks: our option `allowExecutable`, and the environment variable that Google asks for.
 */
export function createExecutableSubject(subject: ExecutableSubject, tools: SourceTools): ReadSubjectToken {
  const command = textAt(subject.executable, 'command');
  const [program, ...args] = splitCommand(command ?? '');
  if (program === undefined) throw invalid("the credential file's 'executable' has no 'command'");
  const timeoutMs = parseTimeout(subject.executable['timeout_millis'] ?? DEFAULT_TIMEOUT_MS);
  const outputFile = textAt(subject.executable, 'output_file');
  return async (signal) => {
    assertAllowed(tools);
    const nowMs = tools.clock.wallMs();
    const kept = outputFile === undefined ? undefined : await readKept(outputFile, nowMs);
    if (kept !== undefined) return kept;
    const env = { ...tools.env, ...programEnvironment(subject, outputFile) };
    const response = parseExecutableResponse(await run(program, args, { env, timeout: timeoutMs, signal }));
    if (outputFile !== undefined && response.expiresAtMs === undefined)
      throw invalid("the program for the subject token prints no 'expiration_time', which an 'output_file' needs");
    if ((response.expiresAtMs ?? Infinity) <= nowMs)
      throw invalid('the program for the subject token printed one that has expired');
    return response.token;
  };
}

function assertAllowed({ allowExecutable, env }: SourceTools): void {
  if (!allowExecutable) throw invalid("the credential file names a program to run: 'allowExecutable' has to allow it");
  if (variable(env, ALLOW) !== '1')
    throw invalid(`the credential file names a program to run: '${ALLOW}' has to be '1', too`);
}

function programEnvironment(subject: ExecutableSubject, outputFile: string | undefined): Record<string, string> {
  return {
    GOOGLE_EXTERNAL_ACCOUNT_AUDIENCE: subject.audience,
    GOOGLE_EXTERNAL_ACCOUNT_TOKEN_TYPE: subject.subjectTokenType,
    GOOGLE_EXTERNAL_ACCOUNT_INTERACTIVE: '0',
    ...(outputFile !== undefined && { GOOGLE_EXTERNAL_ACCOUNT_OUTPUT_FILE: outputFile }),
    ...(subject.account !== undefined && { GOOGLE_EXTERNAL_ACCOUNT_IMPERSONATED_EMAIL: subject.account }),
  };
}

function parseTimeout(value: unknown): number {
  const { min, max } = TIMEOUT_RANGE_MS;
  if (typeof value === 'number' && value >= min && value <= max) return value;
  throw invalid(`the credential file's 'timeout_millis' is not between ${min} and ${max}`);
}

/** Words, which double quotes hold together; there is no shell. */
const splitCommand = (command: string): readonly string[] =>
  (command.match(/(?:[^\s"]+|"[^"]*")+/g) ?? []).map((word) => word.replace(/^"(.*)"$/, '$1'));

/** What an earlier run left, while it is good; what is broken or a failure does not count. */
async function readKept(file: string, nowMs: number): Promise<Redacted | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!isKept(text)) return undefined;
  const { token, expiresAtMs = Infinity } = parseExecutableResponse(text);
  return expiresAtMs > nowMs ? token : undefined;
}

function isKept(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return isObject(body) && body['success'] === true;
  } catch {
    return false;
  }
}

interface RunOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeout: number;
  readonly signal: AbortSignal;
}

async function run(program: string, args: readonly string[], options: RunOptions): Promise<string> {
  // Loaded when it is needed: most daemons run nothing, and it takes a part of each start.
  const { execFile } = await import('node:child_process');
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  // The cause is dropped: it quotes the command line and what was printed.
  execFile(program, args, { ...options, maxBuffer: MAX_OUTPUT_BYTES }, (error, stdout) =>
    error === null
      ? resolve(stdout)
      : reject(invalid('the program for the subject token cannot be run, failed, or took too long')),
  );
  return promise;
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
