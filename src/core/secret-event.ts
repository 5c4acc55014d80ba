export const secretEventTypes = ['rotated', 'deleted', 'stale', 'recovered'] as const;

export type SecretEventType = (typeof secretEventTypes)[number];

/** Something that happened to a secret, or to a whole provider. Never holds a value. */
export interface SecretEvent {
  readonly type: SecretEventType;
  /** Equal in every daemon that noticed the same change, so that a receiver can drop the copies. */
  readonly id: string;
  /** Name of the provider instance. */
  readonly provider: string;
  /** As callers write it; absent for what is about the whole provider. */
  readonly path?: string;
  readonly version?: string;
  readonly previousVersion?: string;
  readonly at: Date;
}
