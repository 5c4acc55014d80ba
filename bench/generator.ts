import { type Child, startChild } from './child.ts';
import type { GeneratorAnswer, LoadJob, LoadResult } from './load.ts';
import type { Pinning } from './pinning.ts';

/** The load generator, in its own process and on its own core. Jobs at the same time are done by the one process. */
export class Generator {
  readonly #child: Child;
  readonly #answers = new Map<number, (answer: GeneratorAnswer) => void>();
  #jobs = 0;

  private constructor(child: Child) {
    this.#child = child;
    // The generator is ours and sends nothing else.
    child.process.on('message', (answer: GeneratorAnswer) => {
      this.#answers.get(answer.id)?.(answer);
      this.#answers.delete(answer.id);
    });
  }

  static async start(pinning: Pinning): Promise<Generator> {
    const args = ['bench/load-generator.ts'];
    return new Generator(await startChild({ prefix: pinning.load, args, ready: /(generator ready)/ }));
  }

  /** @throws Error when the load could not be made; refused requests are counted, not thrown. */
  async run(job: LoadJob): Promise<LoadResult> {
    this.#jobs += 1;
    const id = this.#jobs;
    const answered = new Promise<GeneratorAnswer>((resolve) => this.#answers.set(id, resolve));
    this.#child.process.send({ id, job });
    const answer = await answered;
    if ('failure' in answer) throw new Error(answer.failure);
    return answer.result;
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
