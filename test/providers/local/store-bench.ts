import { rename, writeFile } from 'node:fs/promises';
import { LocalStore } from '../../../src/providers/local/local-store.ts';
import { RecordingLog } from '../../contract/recording-log.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

/** A store with what a test changes and looks at. */
export class StoreBench {
  readonly clock = new FakeClock();
  readonly log = new RecordingLog();
  readonly store: LocalStore;
  changes = 0;
  #changed = Promise.withResolvers<void>();

  constructor(path: string) {
    const { clock, log } = this;
    this.store = new LocalStore(path, 'files', { clock, log, recordIdentityCall: () => {} });
  }

  async open(): Promise<this> {
    await this.store.open(() => {
      this.changes++;
      this.#changed.resolve();
    });
    return this;
  }

  /** The current values by path; bytes as hex. */
  async values(): Promise<Readonly<Record<string, string>>> {
    const secrets = await this.store.secrets();
    return Object.fromEntries(
      Array.from(secrets, ([path, { current }]) => {
        const value = current.value.expose();
        return [path, typeof value === 'string' ? value : Buffer.from(value).toString('hex')];
      }),
    );
  }

  /** Lets the watch notice by itself what was changed. */
  async nextChange(): Promise<void> {
    await this.clock.advance(1000);
    await this.#changed.promise;
    this.#changed = Promise.withResolvers();
  }
}

/** Replaces a file in one step, as an editor or a deployment does. */
export async function replaceFile(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(`${file}~`, content);
  await rename(`${file}~`, file);
}
