import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Identity } from '../access/identity.ts';
import type { ListenerKind } from './contract-operations.ts';
import type { HeaderFacts } from './header-facts.ts';

/** By which door a connection came in. One object for all that did: what is changed about it counts for them, too. */
export interface Door {
  readonly kind: ListenerKind;
  readonly isUnix: boolean;
  /** Who comes in by it; absent where they have to say so. */
  identity?: Identity | undefined;
}

// A client that asks on without waiting for answers has each request and its answer kept in memory.
const MAX_WAITING = 100;

/** An open connection, and what is under way on it. Answers go out in the order of the requests. */
export class Connection {
  readonly door: Door;
  /** The peer's address, or `unix` for a socket. */
  readonly source: string;
  /** What the headers of its last request said: a program sends the same ones with each. */
  headerFacts: HeaderFacts | undefined;
  readonly #socket: Socket;
  /** Answers that are due, and at the front some that are not any more. */
  readonly #waiting: ServerResponse[] = [];
  #asked = 0;
  #askedSeen = 0;
  #unreadBytes = 0;

  constructor(door: Door, socket: Socket) {
    this.door = door;
    this.#socket = socket;
    this.source = door.isUnix ? 'unix' : (socket.remoteAddress ?? 'unknown');
  }

  /**
   * A request has come, to be answered by this.
   * @returns whether it may be: `excess` for the first that is too many at once, `ignored` for those after it
   */
  asked(response: ServerResponse): 'welcome' | 'excess' | 'ignored' {
    const waiting = this.#due();
    waiting.push(response);
    this.#asked += 1;
    if (waiting.length <= MAX_WAITING) return 'welcome';
    return waiting.length === MAX_WAITING + 1 ? 'excess' : 'ignored';
  }

  /**
   * Its handler has returned. What it has answered whole by then is let go of at once: held until the next request, an
   * answer of each of a thousand connections would outlive every collection of what is new.
   */
  handled(response: ServerResponse): void {
    const isSent = response.writableEnded && response.socket !== null && this.#socket.writableLength === 0;
    if (isSent && this.#waiting.at(-1) === response) this.#waiting.pop();
  }

  /** Whether no answer is due: it is silent, or its only request never came whole. */
  isUnasked(): boolean {
    const [first, second] = this.#due();
    return second === undefined && first?.req.complete !== true;
  }

  /** Whether it has had its answers, or does not read them, and has asked nothing since this was asked the last time. */
  isIdle(): boolean {
    const [asked, unreadBytes] = [this.#asked, this.#socket.writableLength];
    const isSame = asked > 0 && asked === this.#askedSeen;
    const isUnread = unreadBytes > 0 && unreadBytes === this.#unreadBytes;
    this.#askedSeen = asked;
    this.#unreadBytes = unreadBytes;
    return isSame && (isUnread || this.#due().length === 0);
  }

  #due(): ServerResponse[] {
    while (this.#waiting[0]?.writableFinished === true) this.#waiting.shift();
    return this.#waiting;
  }
}
