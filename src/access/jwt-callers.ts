import { hash, randomBytes } from 'node:crypto';
import { errors, type JWTPayload, jwtVerify } from 'jose';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import type { Log } from '../core/log.ts';
import { bearerToken } from './bearer-token.ts';
import type { Callers } from './callers.ts';
import type { Identity } from './identity.ts';
import type { KeySet } from './key-set.ts';
import { toJwtRefusal } from './jwt-refusal.ts';

export interface JwtSettings {
  readonly issuer: string;
  /** One of them has to be among those of the token. */
  readonly audience: readonly string[];
  readonly algorithms: readonly string[];
}

export interface JwtCallersOptions extends JwtSettings {
  readonly callers: readonly { readonly name: string; readonly subject?: string }[];
  readonly keys: KeySet;
  readonly clock: Clock;
  readonly log: Log;
  /** Whether a daemon without keys may start: they may come when their server does. */
  readonly isServerOfKeys: boolean;
}

const MAX_KEPT = 1_024;
// Clocks of two machines differ; a token must not be refused for having been made a moment from now.
const TOLERANCE_S = 10;

/** Callers that are known by JSON web tokens, such as those that Kubernetes gives to service accounts. */
export class JwtCallers implements Callers {
  readonly #options: JwtCallersOptions;
  readonly #names: ReadonlyMap<string, string>;
  readonly #kept = new LRUCache<string, Identity>({ max: MAX_KEPT });
  readonly #flights = new Map<string, Promise<Identity>>();
  readonly #key = randomBytes(32).toString('hex');

  constructor(options: JwtCallersOptions) {
    this.#options = options;
    this.#names = new Map(
      options.callers.flatMap(({ name, subject }) => (subject === undefined ? [] : [[subject, name] as const])),
    );
  }

  takeOver(previous: Callers): void {
    if (previous instanceof JwtCallers) this.#options.keys.adopt(previous.#options.keys);
  }

  async start(): Promise<void> {
    const { keys, log, isServerOfKeys } = this.#options;
    try {
      await keys.start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!isServerOfKeys)
        throw new ConfigurationError('MissingEndpoint', `the keys of 'access.jwt' cannot be read: ${reason}`);
      log.error({ reason }, 'the keys that tokens are checked with cannot be read yet; until then nobody is known');
    }
  }

  identify(authorization: string | undefined): Identity | Promise<Identity> {
    const token = bearerToken(authorization);
    const name = hash('sha256', this.#key + token, 'base64');
    const known = this.#kept.get(name);
    if (known?.credential?.isValid() === true) return known;
    const flight = this.#flights.get(name) ?? this.#verify(token, name).finally(() => this.#flights.delete(name));
    this.#flights.set(name, flight);
    return flight;
  }

  async close(): Promise<void> {
    this.#kept.clear();
    await this.#options.keys.close();
  }

  async #verify(token: string, name: string): Promise<Identity> {
    try {
      const { payload, keyId } = await this.#check(token);
      const identity = this.#toIdentity(payload, keyId);
      this.#kept.set(name, identity);
      return identity;
    } catch (error) {
      throw isSecretsError(error) ? error : toJwtRefusal(error);
    }
  }

  /** A key that is not known may be new. */
  async #check(token: string): Promise<Checked> {
    try {
      return await this.#checkOnce(token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !(await this.#options.keys.lookAgain())) throw error;
      return this.#checkOnce(token);
    }
  }

  async #checkOnce(token: string): Promise<Checked> {
    const { issuer, audience, algorithms, keys, clock } = this.#options;
    const { payload, protectedHeader } = await jwtVerify(token, keys.current, {
      issuer,
      audience: [...audience],
      algorithms: [...algorithms],
      requiredClaims: ['exp', 'sub'],
      clockTolerance: TOLERANCE_S,
      currentDate: new Date(clock.wallMs()),
    });
    return { payload, keyId: protectedHeader.kid };
  }

  #toIdentity({ sub = '', exp = 0 }: JWTPayload, keyId: string | undefined): Identity {
    const { clock, keys } = this.#options;
    const caller = this.#names.get(sub);
    if (caller === undefined) throw new CallerError('NotAuthenticated', "no caller has the token's subject");
    const endsAtMs = exp * 1_000;
    if (clock.wallMs() >= endsAtMs) throw new CallerError('NotAuthenticated', 'the token has expired');
    const isKeyHeld = keys.holds(keyId);
    return { caller, credential: { isValid: () => clock.wallMs() < endsAtMs && isKeyHeld() } };
  }
}

interface Checked {
  readonly payload: JWTPayload;
  readonly keyId: string | undefined;
}
