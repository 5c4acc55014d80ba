import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import type { Clock, Timer } from '../core/clock.ts';
import { RequestError } from '../core/errors/request-error.ts';
import { isObject } from '../core/json-object.ts';
import type { Log } from '../core/log.ts';

/** Where keys come from. */
export interface KeySource {
  /** How often it is looked at. */
  readonly intervalMs: number;
  /** Whether there may be something new; absent where only reading tells. */
  hasChanged?(): Promise<boolean>;
  /** The text of a JSON web key set. @throws Error whose message may be logged */
  read(): Promise<string>;
  close(): Promise<void>;
}

export interface KeySetOptions {
  readonly source: KeySource;
  readonly clock: Clock;
  readonly log: Log;
  readonly onRead: (status: 'success' | 'error') => void;
}

interface Keys {
  readonly find: JWTVerifyGetKey;
  /** Each that has an id, as it is written. */
  readonly byId: ReadonlyMap<string, string>;
  readonly text: string;
}

// Design §7.
const KEPT_MS = 24 * 3_600_000;
// A token with an unknown key makes us look again; whoever sends such tokens must not make us do nothing else.
const MIN_PAUSE_MS = 30_000;
const RETRY_AFTER_MS = 5_000;

/** The keys that tokens are signed with. The last good ones count for a day when they cannot be read any more. */
export class KeySet {
  readonly #options: KeySetOptions;
  #keys: Keys | undefined;
  #readAtMs = 0;
  #triedAtMs = -Infinity;
  #isLastGood = false;
  #flight: Promise<void> | undefined;
  #timer: Timer | undefined;
  #isClosed = false;

  constructor(options: KeySetOptions) {
    this.#options = options;
  }

  /** Counts the keys of another set from the same source as its own, as old as they are. */
  adopt(previous: KeySet): void {
    this.#keys = previous.#keys;
    this.#readAtMs = previous.#readAtMs;
  }

  /** Reads them for the first time. @throws Error when that fails; they are looked for all the same. */
  async start(): Promise<void> {
    this.#lookLater();
    await this.#options.source.hasChanged?.();
    await this.#read();
  }

  /** @throws RequestError when there are none at present */
  get current(): JWTVerifyGetKey {
    const { clock } = this.#options;
    if (this.#keys !== undefined && clock.monotonicMs() < this.#readAtMs + KEPT_MS) return this.#keys.find;
    throw new RequestError('Overloaded', 'the keys that tokens are checked with cannot be read at present', {
      retryAfterMs: RETRY_AFTER_MS,
    });
  }

  /**
   * Tells whether what is checked now still counts later: as long as its key is among them, and not another one under its
   * id. A token that names none counts until any of them changes.
   */
  holds(id: string | undefined): () => boolean {
    const checkedWith = textOf(this.#keys, id);
    return () => {
      const isOld = this.#options.clock.monotonicMs() >= this.#readAtMs + KEPT_MS;
      return !isOld && checkedWith !== undefined && textOf(this.#keys, id) === checkedWith;
    };
  }

  /** Looks for a key that is not among them, unless that was tried a moment ago. @returns whether it was looked for */
  async lookAgain(): Promise<boolean> {
    if (this.#flight === undefined && this.#options.clock.monotonicMs() < this.#triedAtMs + MIN_PAUSE_MS) return false;
    await this.#readOrLog();
    return true;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#keys = undefined;
    this.#timer?.cancel();
    await this.#options.source.close();
  }

  #lookLater(): void {
    const { clock, source } = this.#options;
    const look = async (): Promise<void> => {
      if ((await source.hasChanged?.()) !== false) await this.#readOrLog();
      // What has not changed is as good as it was when it was read.
      else if (this.#isLastGood) this.#readAtMs = clock.monotonicMs();
      if (!this.#isClosed) this.#lookLater();
    };
    this.#timer = clock.after(source.intervalMs, () => void look());
  }

  async #readOrLog(): Promise<void> {
    const { log } = this.#options;
    this.#flight ??= this.#read().finally(() => (this.#flight = undefined));
    try {
      await this.#flight;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      log.error({ reason }, 'the keys that tokens are checked with could not be read; the last ones still count');
    }
  }

  async #read(): Promise<void> {
    const { source, clock, onRead } = this.#options;
    this.#triedAtMs = clock.monotonicMs();
    try {
      const text = await source.read();
      if (this.#isClosed) return;
      if (text !== this.#keys?.text) this.#keys = parseKeys(text);
      this.#readAtMs = clock.monotonicMs();
      this.#isLastGood = true;
      onRead('success');
    } catch (error) {
      this.#isLastGood = false;
      onRead('error');
      throw error;
    }
  }
}

const textOf = (keys: Keys | undefined, id: string | undefined): string | undefined =>
  id === undefined ? keys?.text : keys?.byId.get(id);

/** @throws Error */
function parseKeys(text: string): Keys {
  const document: unknown = parseJson(text);
  const listed: unknown = isObject(document) ? document['keys'] : undefined;
  const keys = Array.isArray(listed) ? listed.filter(isObject) : [];
  if (keys.length === 0) throw new Error('it is no JSON web key set, or an empty one');
  const byId = keys.flatMap((key) =>
    typeof key['kid'] === 'string' ? [[key['kid'], JSON.stringify(key)] as const] : [],
  );
  return { find: createLocalJWKSet({ keys }), byId: new Map(byId), text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error('it is no JSON');
  }
}
