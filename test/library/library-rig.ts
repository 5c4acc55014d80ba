import type { Test } from 'tap';
import { objectConfig } from '../../src/config/load-config.ts';
import type { ProviderKind } from '../../src/core/provider.ts';
import { InProcessClient } from '../../src/library/in-process-client.ts';
import { toSettings } from '../../src/library/to-settings.ts';
import { RecordingLog } from '../contract/recording-log.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { FakeProvider } from '../fakes/fake-provider.ts';

export const fakeKind = (provider: FakeProvider): ProviderKind => ({
  type: 'fake',
  schema: { properties: {} },
  create: () => provider,
});

/** A client on one fake store, everything but the store and the time being real. */
export function createLibraryRig(t: Test, config: object = {}, prepare: (provider: FakeProvider) => void = () => {}) {
  const [clock, provider, log] = [new FakeClock(), new FakeProvider('fake'), new RecordingLog()];
  prepare(provider);
  const kinds = [fakeKind(provider)];
  const { config: settled } = objectConfig(toSettings({ providers: [{ type: 'fake' }], ...config }), kinds);
  const client = new InProcessClient({ config: settled, kinds, clock, log });
  t.teardown(() => client.close());
  return { clock, provider, log, client };
}
