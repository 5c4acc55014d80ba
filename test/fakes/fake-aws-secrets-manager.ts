import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { checkSignature, type KnownKey, type SignatureRefusal, type SignedMessage } from './aws-signature-check.ts';
import { FakeAwsFailure } from './fake-aws-failure.ts';
import { FakeAwsStore } from './fake-aws-store.ts';

export const ACCOUNT = '123456789012';
export const KEY_ID = 'AKIAIOSFODNN7EXAMPLE';
export const SECRET_KEY = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';

/** A request as a test sees it. */
export interface FakeAwsRequest {
  /** `GetSecretValue` and its like, or `GetCallerIdentity` of STS. */
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly headers: SignedMessage['headers'];
}

/** An answer that is not of the store's own making. */
export interface RawAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Says how a request fails; undefined lets it pass. `hang` never answers, `reset` cuts the connection. */
export type AwsFault = (request: FakeAwsRequest) => FakeAwsFailure | RawAnswer | 'hang' | 'reset' | undefined;

/** Where the code of an error stands: AWS has used all of these. */
export type CodePlace = 'type' | 'qualified' | 'code' | 'header';

/**
 * A strict Secrets Manager of one region on loopback, with the one call of STS that tells who we are. It verifies each
 * signature, and refuses what AWS refuses in the words of AWS.
 */
export class FakeSecretsManager {
  readonly store: FakeAwsStore;
  readonly requests: FakeAwsRequest[] = [];
  readonly keys = new Map<string, KnownKey>([[KEY_ID, { secretAccessKey: SECRET_KEY }]]);
  /** How far AWS's clock is ahead of this machine's. */
  skewMs = 0;
  codePlace: CodePlace = 'qualified';
  fault: AwsFault = () => undefined;
  readonly #server: Server;
  readonly #region: string;

  constructor(region: string) {
    this.#region = region;
    this.store = new FakeAwsStore({ region, account: ACCOUNT });
    this.#server = createServer((message, response) => {
      this.#serve(message, response).catch((error: unknown) =>
        response.destroy(error instanceof Error ? error : new Error(String(error))),
      );
    });
  }

  async listen(): Promise<this> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  get address(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new TypeError('the fake does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  /** What was asked, in order. */
  get operations(): readonly string[] {
    return this.requests.map(({ operation }) => operation);
  }

  /** The inputs of one operation, in order. */
  inputs(operation: string): readonly FakeAwsRequest['input'][] {
    return this.requests.filter((request) => request.operation === operation).map(({ input }) => input);
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const message: SignedMessage = {
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers: Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()])),
      body: await text(incoming),
    };
    const request = toRequest(message);
    this.requests.push(request);
    const answer = this.fault(request) ?? this.#answer(message, request);
    if (answer === 'reset') incoming.socket.resetAndDestroy();
    else if (answer !== 'hang') this.#send(response, answer instanceof FakeAwsFailure ? this.#spell(answer) : answer);
  }

  #answer(message: SignedMessage, request: FakeAwsRequest): RawAnswer | FakeAwsFailure {
    const { headers } = message;
    const isSts = request.operation === 'GetCallerIdentity';
    const nowMs = Date.now() + this.skewMs;
    const service = isSts ? 'sts' : 'secretsmanager';
    const refusal = checkSignature(message, { service, region: this.#region, keys: this.keys, nowMs });
    if (refusal !== undefined) return isSts ? stsRefusal(refusal) : new FakeAwsFailure(refusal.code, refusal.message);
    if (isSts) return callerIdentity();
    if (message.method !== 'POST' || message.target !== '/' || headers['content-type'] !== 'application/x-amz-json-1.1')
      return new FakeAwsFailure('UnknownOperationException', '');
    try {
      return { status: 200, body: JSON.stringify(this.store.answer(request.operation, request.input)) };
    } catch (error) {
      if (error instanceof FakeAwsFailure) return error;
      throw error;
    }
  }

  #spell({ code, message, status, headers }: FakeAwsFailure): RawAnswer {
    const type: Readonly<Record<CodePlace, object>> = {
      type: { __type: code },
      qualified: { __type: `com.amazonaws.secretsmanager#${code}` },
      code: { code },
      header: {},
    };
    return {
      status,
      headers: {
        ...headers,
        ...(this.codePlace === 'header' && { 'x-amzn-errortype': `${code}:http://internal.amazon.com/coral/` }),
      },
      body: JSON.stringify({ ...type[this.codePlace], [code.length % 2 === 0 ? 'message' : 'Message']: message }),
    };
  }

  #send(response: ServerResponse, { status, body, headers }: RawAnswer): void {
    response.sendDate = false;
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.1',
      date: new Date(Date.now() + this.skewMs).toUTCString(),
      'x-amzn-requestid': randomUUID(),
      ...headers,
    });
    response.end(body);
  }
}

export const startFakeSecretsManager = (region = 'eu-west-1'): Promise<FakeSecretsManager> =>
  new FakeSecretsManager(region).listen();

/** Answers of a proxy, which know nothing of secrets. */
export const proxyPage = (status: number): RawAnswer => ({
  status,
  body: `<html><h1>${status} by a proxy</h1></html>`,
  headers: { 'content-type': 'text/html' },
});

function toRequest({ headers, body }: SignedMessage): FakeAwsRequest {
  const form = new URLSearchParams(body);
  if (form.get('Action') !== null) return { operation: form.get('Action') ?? '', input: {}, headers };
  const [, operation = ''] = /^secretsmanager\.(\w+)$/.exec(headers['x-amz-target'] ?? '') ?? [];
  return { operation, input: parse(body), headers };
}

function parse(body: string): FakeAwsRequest['input'] {
  try {
    return JSON.parse(body);
  } catch {
    return {};
  }
}

/** STS speaks XML and has names of its own. */
function stsRefusal({ code, message }: SignatureRefusal): RawAnswer {
  const name = code === 'InvalidSignatureException' ? 'SignatureDoesNotMatch' : 'InvalidClientTokenId';
  const body = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${name}</Code><Message>${message}</Message></Error><RequestId>${randomUUID()}</RequestId></ErrorResponse>`;
  return { status: 403, headers: { 'content-type': 'text/xml' }, body };
}

const callerIdentity = (): RawAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::${ACCOUNT}:user/app</Arn><UserId>AIDA</UserId><Account>${ACCOUNT}</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>${randomUUID()}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
});
