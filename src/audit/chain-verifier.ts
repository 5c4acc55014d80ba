import type { Hash, Hmac } from 'node:crypto';
import { type ChainHead, newChain } from './chain.ts';
import { type ChainKey, createSeal } from './chain-key.ts';
import { isRecordLine, NO_HASH, parseRecord, type SealedRecord } from './chain-record.ts';
import { checkOf } from './line-check.ts';
import { type FoundLine, lineDifferences } from './line-differences.ts';

/** Something that is to be said of a place in a file. */
export interface Remark {
  /** `damage` is what somebody has done to the file; a `notice` is what the daemon itself tells of. */
  readonly kind: 'damage' | 'notice';
  readonly text: string;
}

/** Of one file. */
export interface FileSummary {
  readonly lines: number;
  readonly blocks: number;
  readonly head: ChainHead;
}

const WITHOUT_END = ', and the one before it has no end: the daemon was killed, or its last records were cut off';

type Seals = readonly { readonly key: ChainKey | undefined; readonly seal: Hash | Hmac }[];

/** Checks the lines of files in their order against the records among them. */
export class ChainVerifier {
  readonly #keys: readonly ChainKey[];
  readonly #say: (remark: Remark) => void;
  readonly #hashes = new Set<string>();
  #head: ChainHead | undefined;
  #isEnded = true;
  #isLinkBroken = false;
  #number = 0;
  #lines = 0;
  #blocks = 0;
  #found: FoundLine[] = [];
  #seals: Seals;

  constructor(keys: readonly ChainKey[], say: (remark: Remark) => void) {
    this.#keys = keys;
    this.#say = say;
    this.#seals = this.#newSeals();
  }

  /** Whether a record of this hash was seen. */
  hasSeen(hash: string): boolean {
    return this.#hashes.has(hash);
  }

  /** The next line, with its line end. */
  line(line: Buffer): void {
    this.#number += 1;
    if (!isRecordLine(line)) {
      this.#found.push({ number: this.#number, check: checkOf(line) });
      for (const { seal } of this.#seals) seal.update(line);
      return;
    }
    const record = parseRecord(line);
    if (record === undefined) this.#brokenRecord();
    else this.#record(record);
    this.#lines += this.#found.length;
    this.#found = [];
    this.#seals = this.#newSeals();
  }

  /** A line of something else that went to the same place. */
  skip(): void {
    this.#number += 1;
  }

  /** The file is at its end; another may follow. @param rest what stands after the last line end */
  endOfFile(rest: Buffer): FileSummary {
    const [first, last] = [this.#found[0], this.#found.at(-1)];
    if (rest.length > 0) this.#damage(`line ${this.#number + 1} is not whole`);
    if (first !== undefined && last !== undefined)
      this.#damage(`${range(first.number, last.number)} not sealed: added, or written in the last second`);
    const summary = { lines: this.#lines, blocks: this.#blocks, head: this.#head ?? newChain };
    this.#number = this.#lines = this.#blocks = 0;
    this.#found = [];
    this.#seals = this.#newSeals();
    return summary;
  }

  /** There is no other file. */
  endOfChain(): void {
    if (!this.#isEnded)
      this.#notice('the chain has no end: the daemon still writes it, or was killed, or later records were cut off');
  }

  #record(record: SealedRecord): void {
    this.#blocks += 1;
    this.#place(record);
    this.#compare(record);
    this.#tell(record);
    this.#hashes.add(record.hash);
    this.#head = { block: record.block, hash: record.hash };
    this.#isEnded = record.event === 'end';
  }

  /** Whether it follows the record before it. */
  #place({ previous, block }: SealedRecord): void {
    const first = this.#found[0]?.number ?? this.#number;
    const before = this.#head;
    if (previous === NO_HASH && block === 1) {
      if (before !== undefined) this.#notice(`a new chain begins at line ${first}${this.#isEnded ? '' : WITHOUT_END}`);
    } else if (before === undefined) {
      this.#notice(`the chain begins before this file: block ${block - 1} with the hash ${previous} comes first`);
    } else if (previous !== before.hash && !this.#isLinkBroken) {
      const where = first === this.#number ? `line ${first}` : `lines ${first} to ${this.#number}`;
      this.#damage(
        `block ${block} (${where}) does not follow block ${before.block}: blocks were removed, added or moved before line ${first}`,
      );
    }
    this.#isLinkBroken = false;
  }

  #compare(record: SealedRecord): void {
    const { keyId, hash, checks, lines } = record;
    if (keyId === undefined && this.#keys.length > 0) {
      this.#damage(`line ${this.#number} seals without a key, though a key was given`);
      return;
    }
    const own = this.#seals.find(({ key }) => key?.id === keyId);
    if (own === undefined) {
      this.#damage(`line ${this.#number} is sealed with the key ${keyId}, which was not given`);
      return;
    }
    if (own.seal.update(record.sealedText).digest('hex') === hash) return;
    // There is no check for each of very many lines.
    const isTold = checks.length > 0 || lines === 0;
    const differences = isTold ? lineDifferences(checks, this.#found, this.#number) : [];
    const [first] = this.#found;
    for (const difference of differences) this.#damage(difference);
    if (differences.length > 0) return;
    if (isTold || first === undefined) this.#brokenRecord();
    else this.#damage(`something in lines ${first.number} to ${this.#number} was changed`);
  }

  /** What the daemon itself tells. */
  #tell({ event, lines, dropped }: SealedRecord): void {
    const [first, last] = [this.#found[0]?.number ?? this.#number, this.#number - 1];
    if (event === 'recovered' && lines > 0)
      this.#notice(
        `${range(first, last)} found unsealed when the daemon started: it had been killed, and who wrote them is not known`,
      );
    if (dropped > 0)
      this.#notice(`${dropped} lines were lost before line ${this.#number}: the sink could not be written`);
  }

  /** What follows it cannot fit, which is not worth another word. */
  #brokenRecord(): void {
    this.#isLinkBroken = true;
    this.#damage(`line ${this.#number} is a record that was changed`);
  }

  #newSeals(): Seals {
    const keys = this.#keys.length === 0 ? [undefined] : this.#keys;
    return keys.map((key) => ({ key, seal: createSeal(key) }));
  }

  #damage(text: string): void {
    this.#say({ kind: 'damage', text });
  }

  #notice(text: string): void {
    this.#say({ kind: 'notice', text });
  }
}

const range = (first: number, last: number): string =>
  first === last ? `line ${first} is` : `lines ${first} to ${last} are`;
