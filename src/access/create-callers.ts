import type { Clock } from '../core/clock.ts';
import type { CredentialSetting } from '../core/credential-setting.ts';
import type { Log } from '../core/log.ts';
import type { AccessMode } from './caller-rules.ts';
import { type Callers, openCallers } from './callers.ts';
import { TokenCallers } from './token-callers.ts';

export interface AccessSettings {
  readonly mode: AccessMode;
  readonly callers: readonly { readonly name: string; readonly token?: CredentialSetting }[];
}

export interface AccessTools {
  readonly clock: Clock;
  readonly log: Log;
}

/** Does no I/O; `start` does. */
export function createCallers({ mode, callers }: AccessSettings, tools: AccessTools): Callers {
  return mode === 'token' ? new TokenCallers({ callers, ...tools }) : openCallers;
}
