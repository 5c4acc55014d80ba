import { randomBytes } from 'node:crypto';
import type { Clock } from '../../src/core/clock.ts';

/** What a token of the fake Entra is good for. */
export interface FakeGrant {
  readonly resource: string;
  readonly tenantId: string;
  /** How it was got, such as `client-secret` or `imds`. */
  readonly how: string;
  /** The application or identity. */
  readonly clientId: string;
  /** The parameter `claims` that it was asked with. */
  readonly claims: string;
  readonly expiresAtMs: number;
}

/** Tokens that have been given out. They tell nothing by themselves but how they were got. */
export class FakeTokens {
  readonly #clock: Clock;
  readonly #grants = new Map<string, FakeGrant>();
  /** Seconds that a token lives. */
  lifeSeconds = 3_599;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  issue(grant: Omit<FakeGrant, 'expiresAtMs'>): string {
    const token = `token.${grant.how}.${randomBytes(12).toString('hex')}`;
    this.#grants.set(token, { ...grant, expiresAtMs: this.#clock.wallMs() + this.lifeSeconds * 1000 });
    return token;
  }

  /** Undefined for a token that was never given out; one that has expired is known. */
  find(token: string): FakeGrant | undefined {
    return this.#grants.get(token);
  }

  isLive(grant: FakeGrant): boolean {
    return grant.expiresAtMs > this.#clock.wallMs();
  }

  get count(): number {
    return this.#grants.size;
  }

  /** Forgets all of them, as Entra does when an application is changed. */
  revokeAll(): void {
    this.#grants.clear();
  }
}
