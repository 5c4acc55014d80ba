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
  #hurriedAtMs = -Infinity;
  #hurry: Promise<void> | undefined;
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

  /** A token that is not known may have come into its file since the last look. */
  identify(authorization: string | undefined): Identity | Promise<Identity> {
    const token = bearerToken(authorization);
    const known = this.#directory.find(token);
    if (known !== undefined) return known;
    const looking = this.#lookInHurry();
    if (looking === undefined) return refuse();
    return looking.then(() => this.#directory.find(token) ?? refuse());
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#timer?.cancel();
    this.#directory.replace([]);
    await Promise.all([this.#looking, this.#hurry]);
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

  /** Once a second at most, whatever is sent: undefined when that was done a moment ago, and is over. */
  #lookInHurry(): Promise<void> | undefined {
    const nowMs = this.#options.clock.monotonicMs();
    if (this.#hurry !== undefined || this.#isClosed || nowMs < this.#hurriedAtMs + LOOK_MS) return this.#hurry;
    this.#hurriedAtMs = nowMs;
    const look = async (): Promise<void> => {
      const found = await Promise.all(this.#sources.map((source) => source.lookForMore()));
      if (!this.#isClosed && found.includes(true)) this.#replace();
      this.#hurry = undefined;
    };
    return (this.#hurry = look());
  }

  /** @returns what is newly wrong */
  async #look(): Promise<readonly string[]> {
    const findings = await Promise.all(this.#sources.map((source) => source.look()));
    if (this.#isClosed || findings.every((finding) => finding === undefined)) return [];
    return [...findings.flatMap((finding) => finding ?? []), ...this.#replace()];
  }

  #replace(): readonly string[] {
    const tokens = this.#sources.flatMap(({ caller, tokens: own }) => own.map((token) => ({ caller, token })));
    const { unique, problems } = withoutShared(tokens);
    this.#directory.replace(unique);
    return problems;
  }
}

function refuse(): never {
  throw new CallerError('NotAuthenticated', 'the token is not known');
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
