import { Pool } from 'undici';
import { Latencies } from '../../bench/latencies.ts';

/** What came of the reads that began in one part of the time. */
export interface Phase {
  reads: number;
  stale: number;
  /** Begin of the last read that was answered with a stale value; monotonic. */
  lastStaleAtMs: number;
  readonly latencies: Latencies;
  /** What was not served, at most some of it. */
  readonly failures: string[];
  failed: number;
}

export interface SteadyLoadOptions {
  /** Of the daemon, as `http://host:port`. */
  readonly origin: string;
  readonly paths: readonly string[];
  readonly perSecond: number;
  /** Whether the body is one that may be served for the path. */
  readonly isRight: (path: string, body: string) => boolean;
}

const TICK_MS = 10;
const CONNECTIONS = 100;
const MAX_TOLD = 10;

/**
 * Reads all paths in turn, so many a second, however long the answers take; fewer only where that many wait for their
 * answers already that there is no connection left.
 */
export class SteadyLoad {
  readonly #options: SteadyLoadOptions;
  readonly #pool: Pool;
  readonly #underWay = new Set<Promise<void>>();
  readonly #startedAtMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #sent = 0;
  #phase = newPhase();

  constructor(options: SteadyLoadOptions) {
    this.#options = options;
    this.#pool = new Pool(options.origin, { connections: CONNECTIONS });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** What begins from now on is counted apart. */
  nextPhase(): Phase {
    return (this.#phase = newPhase());
  }

  /** Sends nothing more; resolves when everything has been answered. May be called twice. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await Promise.all(this.#underWay);
    if (this.#pool.closed) return;
    await this.#pool.close();
  }

  #tick(): void {
    const due = ((performance.now() - this.#startedAtMs) / 1_000) * this.#options.perSecond;
    for (; this.#sent < due && this.#underWay.size < CONNECTIONS; this.#sent++) {
      const read = this.#read(this.#phase);
      this.#underWay.add(read);
      void read.finally(() => this.#underWay.delete(read));
    }
    // What could not be sent is not made up for.
    this.#sent = Math.max(this.#sent, Math.floor(due));
  }

  async #read(phase: Phase): Promise<void> {
    const { paths, isRight } = this.#options;
    const path = paths[this.#sent % paths.length] ?? '';
    const beganAtMs = performance.now();
    phase.reads++;
    try {
      const answer = await this.#pool.request({ method: 'GET', path: `/v1/secrets/${path}?format=raw` });
      const body = await answer.body.text();
      phase.latencies.add(performance.now() - beganAtMs);
      if (String(answer.headers['cache-status']).includes('stale-if-error')) {
        phase.stale++;
        phase.lastStaleAtMs = beganAtMs;
      }
      if (answer.statusCode !== 200 || !isRight(path, body)) fail(phase, `${path}: ${answer.statusCode} ${body}`);
    } catch (error) {
      fail(phase, `${path}: ${String(error)}`);
    }
  }
}

function fail(phase: Phase, what: string): void {
  phase.failed++;
  if (phase.failures.length < MAX_TOLD) phase.failures.push(what);
}

const newPhase = (): Phase => ({
  reads: 0,
  stale: 0,
  lastStaleAtMs: 0,
  latencies: new Latencies(),
  failures: [],
  failed: 0,
});
