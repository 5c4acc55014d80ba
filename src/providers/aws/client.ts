import type { Clock } from '../../core/clock.ts';
import type { InstanceLog } from '../../core/instance-log.ts';
import type { JsonObject } from '../../core/json-object.ts';
import type { ClockSkew } from '../../credentials/aws/clock-skew.ts';
import type { AwsCredentials, AwsIdentity } from '../../credentials/aws/credentials.ts';
import { signRequest } from '../../credentials/aws/sign.ts';
import type { HttpClient } from '../../transport/http-client.ts';
import { toAnswer, type Answer } from './answer.ts';
import { isCredentialRefusal, toInstanceError, toSecretError, type Subject } from './errors.ts';
import type { Target } from './target.ts';

export interface AwsClientOptions {
  readonly http: HttpClient;
  readonly target: Target;
  readonly identity: AwsIdentity;
  readonly skew: ClockSkew;
  readonly clock: Clock;
  readonly log: InstanceLog;
}

/** One call of the API, AWS JSON 1.1. */
export interface Ask {
  /** The operation, and what to say when it fails. */
  readonly subject: Subject;
  readonly input: JsonObject;
}

/**
 * Calls in our name. Each attempt is signed anew. Credentials that AWS calls expired or unknown are replaced once, and
 * a signature of the wrong time is corrected once, as the SDKs do; the caller sees neither.
 */
export class AwsClient {
  readonly #options: AwsClientOptions;

  constructor(options: AwsClientOptions) {
    this.#options = options;
  }

  /** The region that is asked. */
  async region(signal: AbortSignal): Promise<string> {
    return (await this.#options.target.find(signal)).region;
  }

  /** The body of a success. @throws what `toInstanceError` and `toSecretError` make of the rest. */
  async ask(ask: Ask, signal: AbortSignal): Promise<JsonObject> {
    const { identity, log } = this.#options;
    const credentials = await identity.credentials(signal);
    let answer = await this.#send(ask, credentials, signal);
    if (isCredentialRefusal(answer))
      answer = await this.#send(ask, await identity.replace(credentials, signal), signal);
    const problem = answer.isSuccess ? undefined : toInstanceError(answer);
    if (problem !== undefined) throw log.report(problem);
    log.clear();
    if (!answer.isSuccess) throw toSecretError(answer, ask.subject);
    return answer.body;
  }

  async #send(ask: Ask, credentials: AwsCredentials, signal: AbortSignal): Promise<Answer> {
    const { skew } = this.#options;
    const signedWithMs = skew.offsetMs;
    const answer = await this.#exchange(ask, credentials, signal);
    return skew.explains(answer.code, signedWithMs) ? this.#exchange(ask, credentials, signal) : answer;
  }

  async #exchange({ subject, input }: Ask, credentials: AwsCredentials, signal: AbortSignal): Promise<Answer> {
    const { http, target, skew, clock } = this.#options;
    const { region, endpoint: url } = await target.find(signal);
    const body = JSON.stringify(input);
    const headers = signRequest({
      credentials,
      region,
      service: 'secretsmanager',
      method: 'POST',
      url,
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': `secretsmanager.${subject.operation}`,
      },
      body,
      date: skew.now(),
    });
    const sentAtMs = clock.monotonicMs();
    const response = await http.send({ method: 'POST', url, headers, body, signal });
    skew.observe(response.headers, sentAtMs);
    return toAnswer(response, skew.nowMs);
  }
}
