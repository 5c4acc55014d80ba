import { Loopback, type LoopbackAnswer } from './aws-loopback.ts';
import type { SignedMessage } from './aws-signature-check.ts';

/** The portal of IAM Identity Center on loopback: GetRoleCredentials. */
export class FakePortal {
  readonly server: Loopback;
  /** The tokens that are accepted. */
  readonly tokens = new Set<string>();
  fault: (message: SignedMessage) => LoopbackAnswer | 'hang' | undefined = () => undefined;
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
    this.server = new Loopback((message) => this.fault(message) ?? this.#answer(message));
  }

  #answer({ method, target, headers }: SignedMessage): LoopbackAnswer {
    const url = new URL(target, 'http://portal');
    if (method !== 'GET' || url.pathname !== '/federation/credentials')
      return portalError(404, 'ResourceNotFoundException');
    if (!this.tokens.has(headers['x-amz-sso_bearer_token'] ?? '')) return portalError(401, 'UnauthorizedException');
    const [account, role] = [url.searchParams.get('account_id'), url.searchParams.get('role_name')];
    if (account === null || role === null) return portalError(400, 'InvalidRequestException');
    if (role === 'Forbidden') return portalError(403, 'ForbiddenException');
    const text = JSON.stringify({
      roleCredentials: {
        accessKeyId: `ASIAPORTAL${account}`,
        secretAccessKey: `secret-of-${role}`,
        sessionToken: 'token-of-portal',
        expiration: this.#nowMs() + 3_600_000,
      },
    });
    return { status: 200, headers: { 'content-type': 'application/json' }, text };
  }
}

export async function startFakePortal(nowMs: () => number = Date.now): Promise<FakePortal> {
  const portal = new FakePortal(nowMs);
  await portal.server.listen();
  return portal;
}

export const portalError = (status: number, code: string): LoopbackAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-errortype': code },
  text: '{"message":"words of the portal"}',
});
