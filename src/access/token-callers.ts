import type { Clock, Timer } from '../core/clock.ts';
import type { CredentialSetting } from '../core/credential-setting.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import type { Log } from '../core/log.ts';
import { bearerToken } from './bearer-token.ts';
import type { Callers } from './callers.ts';
import type { Identity } from './identity.ts';
import { type CallerToken, TokenDirectory } from './token-directory.ts';
import { TokenSource } from './token-source.ts';

export interface TokenCallersOptions {
  readonly callers: readonly { readonly name: string; readonly token?: CredentialSetting }[];
  readonly clock: Clock;
  readonly log: Log;
}

const LOOK_MS = 1_000;

/** Callers that are known by tokens in files. */
export class TokenCallers implements Callers {
  readonly #options: TokenCallersOptions;
  readonly #sources: readonly TokenSource[];
  readonly #directory = new TokenDirectory();
  #timer: Timer | undefined;
  #looking: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: TokenCallersOptions) {
    this.#options = options;
    this.#sources = options.callers.flatMap(({ name, token }) =>
      token === undefined ? [] : [new TokenSource(name, token)],
    );
  }

  /** Files are read anew. */
  takeOver(): void {}

  /** Reads all files, then looks at them every second. @throws ConfigurationError with everything that is wrong */
  async start(): Promise<void> {
    const problems = await this.#look();
    if (problems.length > 0) throw new ConfigurationError('MissingEndpoint', problems.join('\n'));
    this.#lookAgain();
  }

  identify(authorization: string | undefined): Identity {
    const identity = this.#directory.find(bearerToken(authorization));
    if (identity === undefined) throw new CallerError('NotAuthenticated', 'the token is not known');
    return identity;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#directory.replace([]);
    await this.#looking;
  }

  #lookAgain(): void {
    const { clock, log } = this.#options;
    const look = async (): Promise<void> => {
      for (const problem of await this.#look()) log.error({}, problem);
      if (!this.#isClosed) this.#lookAgain();
    };
    this.#timer = clock.after(LOOK_MS, () => {
      this.#looking = look();
    });
  }

  /** @returns what is newly wrong */
  async #look(): Promise<readonly string[]> {
    const findings = await Promise.all(this.#sources.map((source) => source.look()));
    if (this.#isClosed || findings.every((finding) => finding === undefined)) return [];
    const tokens = this.#sources.flatMap(({ caller, tokens: own }) => own.map((token) => ({ caller, token })));
    const { unique, problems } = withoutShared(tokens);
    this.#directory.replace(unique);
    return [...findings.flatMap((finding) => finding ?? []), ...problems];
  }
}

/** Nobody can tell whose a token of two callers is. */
function withoutShared(tokens: readonly CallerToken[]): {
  readonly unique: readonly CallerToken[];
  readonly problems: readonly string[];
} {
  const byToken = [...Map.groupBy(tokens, ({ token }) => token).values()];
  const owners = byToken.map((group) => [...new Set(group.map(({ caller }) => caller))]);
  return {
    unique: byToken.flatMap((group, index) => (owners[index]?.length === 1 ? group.slice(0, 1) : [])),
    problems: owners
      .filter(({ length }) => length > 1)
      .map(
        (names) => `the callers ${names.map((name) => `'${name}'`).join(' and ')} share a token, which counts for none`,
      ),
  };
}
