// The process that makes the load: takes jobs over IPC and answers each with what it saw.
import { Latencies } from './latencies.ts';
import type { GeneratorAnswer, GeneratorJob, LoadJob, LoadResult } from './load.ts';
import { LoadConnection } from './load-connection.ts';

/** Many connections share the memory of one process; a few can have large buffers, which cost less. */
const MANY_CONNECTIONS = 64;

/** One job: who sends what, and when. */
class Load {
  readonly #job: LoadJob;
  readonly #requests: readonly Buffer[];
  readonly #latencies = new Latencies();
  readonly #finished = Promise.withResolvers<void>();
  /** Open and with nothing to do. */
  #idle: LoadConnection[] = [];
  /** In an open loop: when those were due that no connection was free for, and whether all have become due. */
  readonly #waiting: number[] = [];
  #isComplete = false;
  #open = 0;
  #begun = 0;
  #responses = 0;
  #errors = 0;
  #firstError: string | undefined;
  #startedMs = 0;

  constructor(job: LoadJob) {
    this.#job = job;
    this.#requests = job.requests.map((request) => Buffer.from(request, 'latin1'));
  }

  async run(): Promise<LoadResult> {
    if (this.#job.isReconnecting !== true) {
      this.#idle = Array.from({ length: this.#job.connections }, () => this.#connect());
      await Promise.all(this.#idle.map((connection) => connection.whenOpen()));
    }
    this.#startedMs = performance.now();
    if (this.#job.perSecond === undefined) this.#closedLoop();
    else this.#openLoop(this.#job.perSecond);
    await this.#finished.promise;
    const elapsedMs = performance.now() - this.#startedMs;
    for (const connection of this.#idle) connection.close();
    return {
      responses: this.#responses,
      errors: this.#errors,
      ...(this.#firstError !== undefined && { firstError: this.#firstError }),
      elapsedMs,
      latencies: this.#latencies.counts(),
    };
  }

  #closedLoop(): void {
    const { connections } = this.#job;
    for (let at = 0; at < connections; at += 1) this.#begin(performance.now());
    this.#stayAwake();
  }

  /** A sleeping peer costs the server a wake-up with each answer, and the slower server more often: it is never asleep. */
  #stayAwake(): void {
    if (this.#pending > 0) setImmediate(() => this.#stayAwake());
  }

  /** Looks at the clock all the time: a timer would be late by a millisecond, and the latencies with it. */
  #openLoop(perSecond: number): void {
    let due = 0;
    const look = (): void => {
      const nowMs = performance.now();
      const dueBy = Math.min(Math.floor(((nowMs - this.#startedMs) / 1_000) * perSecond) + 1, this.#lastOf(perSecond));
      for (; due < dueBy; due += 1) this.#waiting.push(this.#startedMs + (due / perSecond) * 1_000);
      this.#beginWaiting();
      if (due < this.#lastOf(perSecond)) setImmediate(look);
      else this.#isComplete = true;
    };
    look();
  }

  #lastOf(perSecond: number): number {
    return this.#job.count ?? Math.ceil(((this.#job.durationMs ?? 0) / 1_000) * perSecond);
  }

  #beginWaiting(): void {
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#mayConnect())) {
      const sinceMs = this.#waiting.shift();
      if (sinceMs !== undefined) this.#send(sinceMs);
    }
  }

  #mayConnect(): boolean {
    return this.#job.isReconnecting === true && this.#open < this.#job.connections;
  }

  /** The next request of a closed loop, if one is left. */
  #begin(nowMs: number): void {
    const { count = Infinity, durationMs = Infinity } = this.#job;
    if (this.#begun < count && nowMs < this.#startedMs + durationMs) this.#send(nowMs);
    else if (this.#pending === 0) this.#finished.resolve();
  }

  get #pending(): number {
    return this.#open - this.#idle.length;
  }

  #send(sinceMs: number): void {
    const connection = this.#idle.pop() ?? this.#connect();
    const number = this.#job.isFaithful === true ? connection.number : this.#begun;
    const request = this.#requests[number % this.#requests.length];
    this.#begun += 1;
    if (request !== undefined) connection.send(request, sinceMs);
  }

  #connect(): LoadConnection {
    const number = this.#open;
    this.#open += 1;
    const bufferBytes = this.#job.connections > MANY_CONNECTIONS ? 16_384 : 65_536;
    return new LoadConnection({ number, address: this.#job.address, bufferBytes, sink: this });
  }

  answered(connection: LoadConnection, status: number): void {
    const nowMs = performance.now();
    this.#latencies.add(nowMs - connection.sinceMs);
    this.#responses += 1;
    if (status !== this.#job.expectedStatus) this.#fail(`an answer with status ${status}`);
    if (this.#job.isReconnecting === true) this.#end(connection);
    else this.#idle.push(connection);
    this.#goOn(nowMs);
  }

  failed(connection: LoadConnection, reason: string): void {
    this.#fail(reason);
    this.#idle = this.#idle.filter((idle) => idle !== connection);
    this.#end(connection);
    this.#goOn(performance.now());
  }

  #goOn(nowMs: number): void {
    if (this.#job.perSecond === undefined) this.#begin(nowMs);
    else {
      this.#beginWaiting();
      if (this.#isComplete && this.#pending === 0) this.#finished.resolve();
    }
  }

  #end(connection: LoadConnection): void {
    connection.close();
    this.#open -= 1;
  }

  #fail(reason: string): void {
    this.#errors += 1;
    this.#firstError ??= reason;
  }
}

const answer = (message: GeneratorAnswer): unknown => process.send?.(message);

process.on('message', ({ id, job }: GeneratorJob) => {
  new Load(job).run().then(
    (result) => answer({ id, result }),
    (error: unknown) => answer({ id, failure: String(error) }),
  );
});
console.log('generator ready');
