import { withDeadline } from '../../core/deadline.ts';
import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import { isSecretsError } from '../../core/errors/secrets-error.ts';
import { variable } from '../../core/environment.ts';
import { callMetadata } from './metadata-call.ts';
import type { SourceTools } from './token-source.ts';

const PING_TIMEOUT_MS = 3_000;
const DETECTION = 'METADATA_SERVER_DETECTION';

export interface DetectionTools extends Pick<SourceTools, 'env' | 'localHttp' | 'clock'> {
  /** Whether this machine shows the signs of Google's. */
  readonly isGoogleHost: (env: SourceTools['env']) => Promise<boolean>;
}

/**
 * Whether there is a metadata server: by the signs of the machine, else by what `METADATA_SERVER_DETECTION` says, else by
 * a ping.
 * @throws AuthenticationError for an unknown way of detection.
 */
export async function hasMetadataServer(tools: DetectionTools, signal: AbortSignal): Promise<boolean> {
  if (await tools.isGoogleHost(tools.env)) return true;
  const way = variable(tools.env, DETECTION)?.trim().toLowerCase();
  switch (way) {
    case 'assume-present':
      return true;
    case 'none':
    case 'bios-only':
      return false;
    case 'ping-only':
    case undefined:
      return answersPing(tools, signal);
    default:
      throw new AuthenticationError(
        'InvalidCredentials',
        `'${DETECTION}' is none of assume-present, none, ping-only and bios-only`,
      );
  }
}

async function answersPing(tools: DetectionTools, parent: AbortSignal): Promise<boolean> {
  const { clock } = tools;
  try {
    return await withDeadline({ clock, timeoutMs: PING_TIMEOUT_MS, parent }, async (signal) => {
      const { status } = await callMetadata('instance', tools, signal);
      return status >= 200 && status < 300;
    });
  } catch (error) {
    if (parent.aborted || !isSecretsError(error)) throw error;
    return false;
  }
}
