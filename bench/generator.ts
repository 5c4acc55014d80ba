import { once } from 'node:events';
import { type Child, startChild } from './child.ts';
import type { LoadJob, LoadResult } from './load.ts';
import type { Pinning } from './pinning.ts';

/** The load generator, in its own process and on its own core. One job at a time. */
export class Generator {
  readonly #child: Child;

  private constructor(child: Child) {
    this.#child = child;
  }

  static async start(pinning: Pinning): Promise<Generator> {
    const args = ['bench/load-generator.ts'];
    return new Generator(await startChild({ prefix: pinning.load, args, ready: /(generator ready)/ }));
  }

  /** @throws Error when the load could not be made; refused requests are counted, not thrown. */
  async run(job: LoadJob): Promise<LoadResult> {
    const answered = once(this.#child.process, 'message');
    this.#child.process.send(job);
    const [message] = await answered;
    return parseResult(message);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}

/** The generator is ours and answers with nothing else. */
function parseResult(message: unknown): LoadResult {
  const answer = message as LoadResult | { readonly failure: string };
  if ('failure' in answer) throw new Error(answer.failure);
  return answer;
}
