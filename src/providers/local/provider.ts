import { createHeldProvider } from '../../core/held/held-provider.ts';
import { RotationError } from '../../core/errors/rotation-error.ts';
import type { ProviderKind } from '../../core/provider.ts';
import { LocalStore } from './local-store.ts';
import { localSchema, parseLocalOptions } from './options.ts';

/** Secrets in a file or a directory, for laptops, tests and mounted Kubernetes Secrets. */
export const localProvider: ProviderKind = {
  type: 'local',
  schema: localSchema,
  create: (name, options, tools) =>
    createHeldProvider({
      name,
      type: 'local',
      source: new LocalStore(parseLocalOptions(options).path, name, tools),
      rotate: () => Promise.reject(new RotationError('RotationNotConfigured', 'a local secrets file cannot rotate')),
    }),
};
