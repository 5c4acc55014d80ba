import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { ListenerKind } from './contract-operations.ts';
import type { HeaderFacts } from './header-facts.ts';

/** By which door a connection came in. */
export interface Door {
  readonly kind: ListenerKind;
  readonly isUnix: boolean;
}

/** An open connection, and what is under way on it. Answers go out in the order of the requests. */
export class Connection {
  readonly door: Door;
  /** The peer's address, or `unix` for a socket. */
  readonly source: string;
  /** What the headers of its last request said: a program sends the same ones with each. */
  headerFacts: HeaderFacts | undefined;
  #before: ServerResponse | undefined;
  #latest: ServerResponse | undefined;
  #latestSeen: ServerResponse | undefined;

  constructor(door: Door, socket: Socket) {
    this.door = door;
    this.source = door.isUnix ? 'unix' : (socket.remoteAddress ?? 'unknown');
  }

  /** A request has come, to be answered by this. */
  asked(response: ServerResponse): void {
    this.#before = this.#latest;
    this.#latest = response;
  }

  /** Whether no answer is due: it is silent, or its only request never came whole. */
  isUnasked(): boolean {
    return isAnswered(this.#latest) || (this.#latest?.req.complete === false && isAnswered(this.#before));
  }

  /** Whether it has had its answers, and has asked nothing since this was asked the last time. */
  isIdle(): boolean {
    const latest = this.#latest;
    const isSame = latest !== undefined && latest === this.#latestSeen;
    this.#latestSeen = latest;
    return isSame && isAnswered(latest);
  }
}

const isAnswered = (response: ServerResponse | undefined): boolean => response?.writableFinished !== false;
