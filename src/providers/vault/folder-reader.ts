/** Names in a folder (empty, or ending in `/`); folders end in a slash. */
export type ReadFolder = (folder: string) => Promise<readonly string[]>;

const AT_ONCE = 8;
// Read, and not taken yet.
const MAX_AHEAD = 32;

// A page is one attempt under one deadline, so it reads only so much: at 20 ms a folder this is a second, be it 50
// folders one after the other or 400 that could be read eight at once.
const MAX_COST = 400;

interface Ahead {
  readonly names: Promise<readonly string[]>;
  /** Once they have come in. */
  known?: readonly string[];
}

/** Reads the folders of one page, some of them before the walk comes to them. */
export class FolderReader {
  readonly #read: ReadFolder;
  readonly #ahead = new Map<string, Ahead>();
  #underWay = 0;
  #cost = 0;

  constructor(read: ReadFolder) {
    this.#read = read;
  }

  /** Whether the folder is being read, or may be for what is left to the page. */
  mayTake(folder: string): boolean {
    return this.#ahead.has(folder) || this.#cost + AT_ONCE <= MAX_COST;
  }

  /** The names in a folder. One that was not read ahead holds the walk up, and counts for eight. */
  take(folder: string): Promise<readonly string[]> {
    const ahead = this.#ahead.get(folder);
    this.#ahead.delete(folder);
    if (ahead === undefined) this.#cost += AT_ONCE;
    return ahead?.names ?? this.#read(folder);
  }

  /** The names in a folder that has been read ahead. */
  peek(folder: string): readonly string[] {
    return this.#ahead.get(folder)?.known ?? [];
  }

  /**
   * Begins to read what comes next, beside the folder that was just taken.
   * @param most how many of them the page can need
   */
  readAhead(folders: Iterable<string>, most: number): void {
    const limit = Math.min(most, MAX_AHEAD);
    for (const folder of folders) {
      if (this.#underWay >= AT_ONCE - 1 || this.#ahead.size >= limit || this.#cost >= MAX_COST) return;
      if (!this.#ahead.has(folder)) this.#begin(folder);
    }
  }

  /** Waits for what was begun and is not needed any more, so that no call outlives the page. */
  async settle(): Promise<void> {
    await Promise.allSettled(Array.from(this.#ahead.values(), ({ names }) => names));
  }

  #begin(folder: string): void {
    const ahead: Ahead = { names: this.#read(folder) };
    this.#ahead.set(folder, ahead);
    this.#cost++;
    void this.#await(ahead);
  }

  /** It may fail before the walk comes to it, or the walk may never do. */
  async #await(ahead: Ahead): Promise<void> {
    this.#underWay++;
    try {
      ahead.known = await ahead.names;
    } catch {
      // Whoever takes it meets the error.
    } finally {
      this.#underWay--;
    }
  }
}
