import { AccessError } from '../../core/errors/access-error.ts';
import type { Clock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { AccessToken, TokenRequest } from '../../credentials/azure/access-token.ts';
import type { TokenKeeper } from '../../credentials/azure/token-keeper.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import { type Answer, rowsOf, toAnswer } from './answer.ts';
import { parseChallenge, toTokenRequest } from './challenge.ts';
import { toSecretError } from './errors.ts';

// Known in every cloud, the national ones included; newer ones add nothing that is used here.
const API_VERSION = '7.4';

export interface AzureClientOptions {
  readonly http: HttpClient;
  readonly keeper: TokenKeeper;
  readonly vault: URL;
  readonly verifyChallenge: boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** Name of the instance. */
  readonly provider: string;
}

/** Calls to the vault in our name. */
export class AzureClient {
  readonly #options: AzureClientOptions;
  #wanted: TokenRequest | undefined;

  constructor(options: AzureClientOptions) {
    this.#options = options;
  }

  /** The tenant of the vault, once a call has been made. */
  get tenantId(): string | undefined {
    return this.#wanted?.tenantId;
  }

  /** The address of a call. @param path as the API has it, from the slash on. */
  toUrl(path: string): URL {
    const url = new URL(path, this.#options.vault);
    url.searchParams.set('api-version', API_VERSION);
    return url;
  }

  /** Finds out which token the vault wants and gets it. @throws what a read would meet, refusals of a secret excepted. */
  async logIn(signal: AbortSignal): Promise<void> {
    const answer = await this.get(this.toUrl('/secrets?maxresults=1'), signal);
    const error = rowsOf(answer) === undefined ? toSecretError(answer, { id: '' }) : undefined;
    if (error !== undefined && !(error instanceof AccessError)) throw error;
  }

  /**
   * Any status is an answer. The first call goes without a token, for the vault to tell which one it wants. One that it
   * refuses later is replaced once.
   */
  async get(url: URL, signal: AbortSignal): Promise<Answer> {
    let token = this.#wanted && (await this.#options.keeper.token(this.#wanted, signal));
    let answer = await this.#send(url, token, signal);
    for (let isLast = false; answer.status === 401 && !isLast;) {
      const next = await this.#tokenFor(answer, token, signal);
      if (next === token) break;
      isLast = token !== undefined;
      token = next;
      answer = await this.#send(url, token, signal);
    }
    return answer;
  }

  async #tokenFor(
    answer: Answer,
    refused: AccessToken | undefined,
    signal: AbortSignal,
  ): Promise<AccessToken | undefined> {
    const { keeper, vault, verifyChallenge } = this.#options;
    const challenge = parseChallenge(answer.challenge);
    if (challenge === undefined) return refused;
    const { claims } = challenge;
    const wanted = claims === undefined ? toTokenRequest(challenge, vault, verifyChallenge) : this.#wanted;
    if (wanted === undefined) return refused;
    this.#wanted = wanted;
    const request = claims === undefined ? wanted : { ...wanted, claims };
    return refused === undefined ? keeper.token(request, signal) : keeper.replace(refused, request, signal);
  }

  async #send(url: URL, token: AccessToken | undefined, signal: AbortSignal): Promise<Answer> {
    const { http, clock, log, provider } = this.#options;
    const response = await http.send({
      method: 'GET',
      url,
      headers: {
        Accept: 'application/json',
        ...(token !== undefined && { Authorization: `Bearer ${token.value.expose()}` }),
      },
      signal,
    });
    // What the support of Azure asks for.
    const upstreamRequestId = response.headers.get('x-ms-request-id');
    log.debug({ provider, status: response.status, upstreamRequestId }, 'the vault answered');
    return toAnswer(response, clock.wallMs());
  }
}
