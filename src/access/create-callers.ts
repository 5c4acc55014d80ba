import type { Clock } from '../core/clock.ts';
import type { CredentialSetting } from '../core/credential-setting.ts';
import type { Log } from '../core/log.ts';
import type { AccessMode } from './caller-rules.ts';
import { type Callers, openCallers } from './callers.ts';
import { JwtCallers, type JwtSettings } from './jwt-callers.ts';
import { KeySet, type KeySetOptions, type KeySource } from './key-set.ts';
import { TokenCallers } from './token-callers.ts';

export interface AccessSettings {
  readonly mode: AccessMode;
  readonly callers: readonly CallerMarks[];
  readonly jwt?: JwtSettings & { readonly jwksUri?: string };
}

/** By what a caller may be known. */
interface CallerMarks {
  readonly name: string;
  readonly token?: CredentialSetting;
  readonly subject?: string;
}

export interface AccessTools {
  readonly clock: Clock;
  readonly log: Log;
  /** Of `jwt`; only its mode opens it. */
  readonly openKeySource: () => KeySource;
  readonly onKeysRead: KeySetOptions['onRead'];
}

/** Does no I/O; `start` does. */
export function createCallers({ mode, callers, jwt }: AccessSettings, tools: AccessTools): Callers {
  const { clock, log, onKeysRead: onRead } = tools;
  if (mode === 'open') return openCallers;
  if (mode === 'token') return new TokenCallers({ callers, clock, log });
  if (jwt === undefined) throw new TypeError('the configuration was not checked');
  const keys = new KeySet({ source: tools.openKeySource(), clock, log, onRead });
  return new JwtCallers({ ...jwt, callers, keys, clock, log, isServerOfKeys: jwt.jwksUri !== undefined });
}
