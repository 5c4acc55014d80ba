import { randomBytes } from 'node:crypto';
import { seal, unseal } from '../cache/persistence/sealed-text.ts';
import { readSymmetricKey } from '../core/symmetric-key.ts';
import type { SimulationConfig } from '../config/config.ts';
import { LocalStore } from '../providers/local/local-store.ts';
import type { Backing } from '../simulation/backing.ts';
import { createMock, createRecording, createReplay, createDryRuns, live } from '../simulation/backings.ts';
import { CassetteWriter } from '../simulation/cassette/cassette-writer.ts';
import { readCassette } from '../simulation/cassette/read-cassette.ts';
import { Tape } from '../simulation/cassette/tape.ts';
import { Faker } from '../simulation/fake/faker.ts';
import type { Surroundings } from './composition.ts';

const purpose = { setting: 'simulation', code: 'MissingEndpoint' } as const;

type Around = Pick<Surroundings, 'clock' | 'log'>;

/**
 * Opens what stands behind a simulation.
 * @throws ConfigurationError for a file or a key that cannot be used
 */
export async function openBacking({ clock, log }: Around, settings: SimulationConfig): Promise<Backing> {
  const { mode, file, faults } = settings;
  switch (mode) {
    case 'live':
      return live;
    case 'dry-run':
      return createDryRuns(log);
    case 'mock': {
      const tools = { clock, log, recordIdentityCall: () => undefined };
      return createMock(clock, file === undefined ? undefined : new LocalStore(file, 'simulation', tools), faults.seed);
    }
    case 'record':
      return openRecording({ clock, log }, settings);
    case 'replay':
      return openReplay({ clock, log }, settings);
    default:
      throw new TypeError('there is no such mode');
  }
}

async function openRecording({ clock, log }: Around, { file = '', values, key }: SimulationConfig): Promise<Backing> {
  const isReal = values === 'keep' && key !== undefined;
  if (isReal) log.warn({ file }, "'simulation.values' is 'keep': the cassette has the real values, sealed");
  const sealingKey = (): Promise<Uint8Array> => readSymmetricKey(key ?? '', purpose);
  if (isReal) await sealingKey();
  const sealText = async (text: string): Promise<Uint8Array> => Buffer.concat(await seal([text], await sealingKey()));
  const writer = new CassetteWriter({ file, clock, log, ...(isReal && { seal: sealText }) });
  await writer.open();
  // Nobody ever has this key again, so no guess at a value can be tried on its fake.
  const faker = new Faker(randomBytes(32));
  return createRecording(writer, { clock, keep: (value) => (isReal ? value : faker.value(value)) });
}

async function openReplay({ clock, log }: Around, { file = '', key, replay }: SimulationConfig): Promise<Backing> {
  const keys = key === undefined ? undefined : [await readSymmetricKey(key, purpose)];
  const lines = await readCassette(file, keys && ((sealed) => unseal(sealed, keys)));
  log.info({ file, lines: lines.length }, 'the cassette was read');
  const tape = new Tape(lines, { file, match: replay.match });
  return createReplay({ tape, clock, hasLatencies: replay.latencies === 'recorded' }, replay.strict);
}
