import { createHash } from 'node:crypto';
import { Loopback, type LoopbackAnswer } from './aws-loopback.ts';
import { checkSignature, type KnownKey, type SignedMessage } from './aws-signature-check.ts';

/** Decides before the fake does; undefined leaves it to the fake. */
export type StsFault = (form: URLSearchParams) => LoopbackAnswer | 'hang' | 'reset' | undefined;

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

export const stsError = (status: number, code: string): LoopbackAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  text: `<ErrorResponse xmlns="${NAMESPACE}">\n  <Error>\n    <Type>Sender</Type>\n    <Code>${code}</Code>\n    <Message>words of STS: canary-of-sts &amp; more</Message>\n  </Error>\n  <RequestId>00000000-0000-0000-0000-000000000000</RequestId>\n</ErrorResponse>`,
});

/**
 * A strict STS on loopback: signatures are verified, tokens are known or refused. The keys that it gives follow from who
 * asked for which role in which way, so that two who get the same keys came the same way.
 */
export class FakeSts {
  readonly server: Loopback;
  /** Who may sign, by access key id; the keys that are given are added. */
  readonly keys = new Map<string, KnownKey>();
  readonly webTokens = new Set<string>();
  readonly deniedRoles = new Set<string>();
  fault: StsFault = () => undefined;
  lifetimeMs = 3_600_000;
  /** Makes keys differ from those given before. */
  generation = 0;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.server = new Loopback((message) => {
      const form = new URLSearchParams(message.body);
      const answer = this.fault(form) ?? this.#answer(message, form);
      return typeof answer === 'string' ? answer : this.#withDate(answer);
    });
  }

  /** The form fields of each request. */
  get forms(): readonly URLSearchParams[] {
    return this.server.requests.map(({ body }) => new URLSearchParams(body));
  }

  #withDate(answer: LoopbackAnswer): LoopbackAnswer {
    return { ...answer, headers: { ...answer.headers, date: new Date(this.#nowMs()).toUTCString() } };
  }

  #answer(message: SignedMessage, form: URLSearchParams): LoopbackAnswer {
    if (message.method !== 'POST' || message.target !== '/') return stsError(404, 'InvalidAction');
    if (!message.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
      return stsError(400, 'MalformedInput');
    if (form.get('Version') !== '2011-06-15') return stsError(400, 'InvalidAction');
    switch (form.get('Action') ?? '') {
      case 'AssumeRole':
        return this.#refuseSignature(message) ?? this.#assume('AssumeRole', form, accessKeyOf(message));
      case 'AssumeRoleWithWebIdentity':
        return this.#assumeWebIdentity(message, form);
      case 'GetCallerIdentity':
        return this.#refuseSignature(message) ?? callerIdentity(accessKeyOf(message));
      default:
        return stsError(400, 'InvalidAction');
    }
  }

  #refuseSignature(message: SignedMessage): LoopbackAnswer | undefined {
    const [, , region = ''] = /Credential=([^,]+)/.exec(message.headers['authorization'] ?? '')?.[1]?.split('/') ?? [];
    const refusal = checkSignature(message, { service: 'sts', region, keys: this.keys, nowMs: this.#nowMs() });
    if (refusal === undefined) return undefined;
    return refusal.code === 'InvalidSignatureException'
      ? stsError(403, 'SignatureDoesNotMatch')
      : stsError(
          403,
          refusal.code === 'UnrecognizedClientException' ? 'InvalidClientTokenId' : 'MissingAuthenticationToken',
        );
  }

  #assumeWebIdentity(message: SignedMessage, form: URLSearchParams): LoopbackAnswer {
    const token = form.get('WebIdentityToken') ?? '';
    if (message.headers['authorization'] !== undefined) return stsError(400, 'InvalidAction');
    if (!this.webTokens.has(token)) return stsError(400, 'InvalidIdentityToken');
    return this.#assume('AssumeRoleWithWebIdentity', form, token);
  }

  #assume(action: string, form: URLSearchParams, asker: string): LoopbackAnswer {
    const arn = form.get('RoleArn') ?? '';
    const session = form.get('RoleSessionName') ?? '';
    if (!/^arn:[\w-]+:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(arn) || !/^[\w+=,.@-]{2,64}$/.test(session))
      return stsError(400, 'ValidationError');
    const seconds = Number(form.get('DurationSeconds') ?? 3600);
    if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) return stsError(400, 'ValidationError');
    if (this.deniedRoles.has(arn)) return stsError(403, 'AccessDenied');
    const way = [action, arn, form.get('ExternalId'), form.get('DurationSeconds'), asker, this.generation].join('|');
    const id = createHash('sha256').update(way).digest('hex').toUpperCase();
    const [key, secret, token] = [`ASIA${id.slice(0, 16)}`, `${id.slice(0, 36)}/+&a`, `${id}==`];
    this.keys.set(key, { secretAccessKey: secret, sessionToken: token });
    const end = new Date(this.#nowMs() + this.lifetimeMs).toISOString().replace(/\.\d+Z/, 'Z');
    return success(
      action,
      `<AssumedRoleUser><Arn>${arn}</Arn><AssumedRoleId>AROA:${session}</AssumedRoleId></AssumedRoleUser>
    <Credentials>
      <SecretAccessKey>${secret.replace('&', '&amp;')}</SecretAccessKey>
      <Expiration>${end}</Expiration><AccessKeyId>${key}</AccessKeyId>
      <SessionToken>${token}</SessionToken>
    </Credentials>`,
    );
  }
}

export async function startFakeSts(nowMs: () => number = Date.now): Promise<FakeSts> {
  const sts = new FakeSts(nowMs);
  await sts.server.listen();
  return sts;
}

const success = (action: string, result: string): LoopbackAnswer => ({
  status: 200,
  headers: { 'content-type': 'text/xml' },
  text: `<${action}Response xmlns="${NAMESPACE}">\n  <${action}Result>\n    ${result}\n  </${action}Result>\n  <ResponseMetadata><RequestId>0</RequestId></ResponseMetadata>\n</${action}Response>`,
});

const callerIdentity = (key: string): LoopbackAnswer =>
  success(
    'GetCallerIdentity',
    `<Arn>arn:aws:iam::012345678901:user/${key}</Arn><UserId>AIDA</UserId><Account>012345678901</Account>`,
  );

const accessKeyOf = (message: SignedMessage): string =>
  /Credential=([^/]+)/.exec(message.headers['authorization'] ?? '')?.[1] ?? '';
