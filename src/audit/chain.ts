import type { Clock } from '../core/clock.ts';
import type { ChainKey } from './chain-key.ts';
import { createSeal } from './chain-key.ts';
import { type ChainEvent, NO_HASH, sealedText, toLine } from './chain-record.ts';

/** Where a chain stands. */
export interface ChainHead {
  /** Of the last record; 0 before the first. */
  readonly block: number;
  readonly hash: string;
}

export const newChain: ChainHead = { block: 0, hash: NO_HASH };

/** What a record seals. */
export interface SealedLines {
  readonly lines: number;
  readonly checks: Uint32Array;
  /** The lines themselves, in pieces. */
  readonly bytes: Iterable<Uint8Array>;
  readonly dropped: number;
}

export const nothingSealed: SealedLines = { lines: 0, checks: new Uint32Array(), bytes: [], dropped: 0 };

/** Ties each block of lines to the one before it, so that none can be changed, removed, added or moved unnoticed. */
export class Chain {
  readonly #clock: Clock;
  head = newChain;
  key: ChainKey | undefined;

  constructor(clock: Clock, key: ChainKey | undefined) {
    this.#clock = clock;
    this.key = key;
  }

  /** @returns the record's line. */
  seal(event: ChainEvent, { lines, checks, bytes, dropped }: SealedLines): string {
    const block = this.head.block + 1;
    const text = sealedText({
      timestamp: new Date(this.#clock.wallMs()).toISOString(),
      event,
      block,
      lines,
      dropped,
      checks,
      ...(this.key !== undefined && { keyId: this.key.id }),
      previous: this.head.hash,
    });
    const seal = createSeal(this.key);
    for (const piece of bytes) seal.update(piece);
    const hash = seal.update(text).digest('hex');
    this.head = { block, hash };
    return toLine(text, hash);
  }
}
