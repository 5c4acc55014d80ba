import type { SecretEvent } from '../../src/core/secret-event.ts';

/** A rotation of `a`, under its own id. */
export const rotation = (id: string, more: Partial<SecretEvent> = {}): SecretEvent => ({
  id,
  type: 'rotated',
  path: 'a',
  provider: 'vault',
  version: '2',
  previousVersion: '1',
  at: new Date('2026-01-01T00:00:00Z'),
  ...more,
});
