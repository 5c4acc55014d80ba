import { randomBytes } from 'node:crypto';
import type { Needle } from '../e2e/find-leaks.ts';

/** A value that nothing else can be, with characters that every encoding writes in its own way. */
export const canary = (name: string): string => `c4n4ry-${name}-${randomBytes(9).toString('hex')}"+/\\=&é`;

/** The same for places that take letters and digits only. */
export const plainCanary = (name: string): string => `c4n4ry${name}${randomBytes(12).toString('hex')}`;

/**
 * What must not be seen: each by its whole, and by the part of it that is like nothing else, since a message may quote half
 * of a value.
 */
export class Canaries {
  readonly #needles = new Map<string, Needle>();

  /** @returns the value */
  add(name: string, value: string): string {
    this.#needles.set(value, { name, value });
    const [core] = /[0-9a-f]{16,}/.exec(value) ?? [];
    if (core !== undefined) this.#needles.set(core, { name: `part of ${name}`, value: core });
    return value;
  }

  get all(): readonly Needle[] {
    return [...this.#needles.values()];
  }

  /** All but what may be answered to who asked for it. */
  allBut(value: string): readonly Needle[] {
    const part = /[0-9a-f]{16,}/.exec(value)?.[0];
    return this.all.filter((needle) => needle.value !== value && needle.value !== part);
  }
}
