import { NetworkError } from '../../src/core/errors/network-error.ts';
import { parsePathPattern } from '../../src/core/path-pattern.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';
import { textSecret } from '../fakes/secrets.ts';
import { type ClientRig, createClientRig, type RigOptions } from './client-rig.ts';

export const down = new NetworkError('ConnectionFailed', 'x');

export interface Pair extends ClientRig {
  /** The store that is asked when `provider` cannot answer. */
  readonly backup: FakeProvider;
  /** How often each of the two was asked since the last look. */
  asked(): readonly [first: number, second: number];
}

/** A route of two sources: `provider`, with the values `first of a` and so on, then `backup` with `second of a`. */
export function createPair(options: RigOptions = {}): Pair {
  const backup = new FakeProvider('backup');
  const pathMappings = [{ pattern: parsePathPattern('**'), providers: ['files', 'backup'], scope: {}, prefix: '' }];
  const rig = createClientRig({ ...options, others: [backup], config: { ...options.config, pathMappings } });
  serve(rig.provider, 'first');
  serve(backup, 'second');
  const asked = (): readonly [number, number] => [rig.provider.calls.splice(0).length, backup.calls.splice(0).length];
  return { ...rig, backup, asked };
}

/** The store works, again or for the first time. */
export function serve(provider: FakeProvider, word: string): void {
  provider.onGet = ({ id }) => textSecret(`${word} of ${id}`);
}
