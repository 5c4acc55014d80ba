import { Redacted } from '../../src/core/redacted.ts';
import type { Secret } from '../../src/core/secret.ts';

/** A secret of text, version 1 unless told otherwise. */
export function textSecret(value: string, more: Partial<Secret> = {}): Secret {
  return { value: new Redacted(value), version: '1', stages: ['current'], metadata: { name: 'name' }, ...more };
}

/** A secret of bytes that are no text. */
export function binarySecret(bytes: readonly number[]): Secret {
  return { ...textSecret(''), value: new Redacted(Uint8Array.from(bytes)) };
}
