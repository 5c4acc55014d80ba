import type { Scope } from '../e2e/temporary-directory.ts';

/** For what is taken down before a test is over, or without one. */
export class PassingScope implements Scope {
  readonly #steps: (() => unknown)[] = [];

  readonly teardown = (step: () => unknown): void => void this.#steps.push(step);

  /** Takes everything down, the last first. */
  async end(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) await step();
  }
}
