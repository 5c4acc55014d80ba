import type { AwsIdentityOptions } from '../../../src/credentials/aws/chain.ts';
import type { Machine } from './machine.ts';

/** Which credentials are picked: how the key id begins, and what we call their source. */
export interface Pick {
  readonly key: string;
  readonly source: string | RegExp;
}

/** One environment, given to the official SDK and to us. In texts, `{home}` and `{agent}` are put in. */
export interface Row {
  readonly name: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Text of files below the home directory. */
  readonly files?: Readonly<Record<string, string>>;
  /** Changes of what the services do. */
  readonly prepare?: (machine: Machine) => void;
  /** Our options, as the configuration would set them. */
  readonly options?: Partial<AwsIdentityOptions>;
  /** What both pick. */
  readonly both?: Pick;
  /** Neither has any; our message must say this. */
  readonly neither?: RegExp;
  /** Where we differ on purpose. */
  readonly differs?: {
    readonly reason: string;
    /** How the key id begins that the SDK picks, or `fails`. */
    readonly sdk: string;
    /** What we pick, or the message that we fail with. */
    readonly ours: Pick | RegExp;
  };
}
