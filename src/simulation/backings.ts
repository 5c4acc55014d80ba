import type { HeldSource } from '../core/held/held-provider.ts';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Backing } from './backing.ts';
import type { CassetteWriter } from './cassette/cassette-writer.ts';
import { createEmptyProvider, Player, type PlayerOptions } from './cassette/player.ts';
import { Recorder, type RecorderOptions } from './cassette/recorder.ts';
import { createDryRun } from './dry-run.ts';
import { intercept } from './intercept.ts';
import { createMockProvider } from './mock/mock-provider.ts';
import { MockStore } from './mock/mock-store.ts';
import { namesOf } from './names-of.ts';

/** The real stores, as they are. */
export const live: Backing = { provide: ({ create }, clock) => create(clock), hasRealValues: true };

/** Nothing is asked; the log tells what would be. */
export const createDryRuns = (log: Log): Backing => ({
  provide: ({ create, label }, clock) => createDryRun(create(clock), label, log),
  hasRealValues: false,
});

/** @param seed what a rotation makes follows from it */
export function createMock(clock: Clock, file: HeldSource | undefined, seed: number): Backing {
  const mock = new MockStore(clock, file);
  return {
    provide: ({ name, type }) => createMockProvider({ name, type, mock, seed }),
    hasRealValues: false,
    mock,
    close: async () => mock.close(),
  };
}

/** The real stores, and every call to them is written down. */
export function createRecording(writer: CassetteWriter, options: Omit<RecorderOptions, 'write'>): Backing {
  const recorder = new Recorder({ ...options, write: (line) => writer.write(line) });
  return {
    provide: ({ create, label }, clock) =>
      intercept(create(clock), { interceptor: recorder.before(label), toPath: (native) => native }),
    hasRealValues: true,
    close: () => writer.flush(),
  };
}

/** @param isStrict whether what was not asked for is a complaint */
export function createReplay(options: PlayerOptions, isStrict: boolean): Backing {
  const { tape } = options;
  return {
    provide: ({ name, label, type, create }, clock) =>
      intercept(
        { ...createEmptyProvider(name, type), ...namesOf(create(clock)) },
        {
          interceptor: new Player(label, options),
          toPath: (native) => native,
        },
      ),
    hasRealValues: false,
    complaints: () => (isStrict ? complaintsOf(tape.unplayed()) : []),
  };
}

const MAX_TOLD = 10;

function complaintsOf(unplayed: readonly string[]): readonly string[] {
  if (unplayed.length === 0) return [];
  const told = unplayed.slice(0, MAX_TOLD).map((line) => `never asked for in this replay: ${line}`);
  return unplayed.length > MAX_TOLD ? [...told, `and ${unplayed.length - MAX_TOLD} more`] : told;
}
