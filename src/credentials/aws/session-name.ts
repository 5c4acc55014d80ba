import type { Clock } from '../../core/clock.ts';

/** What a role session is called in AWS's logs when nobody names it. */
export const defaultSessionName = (clock: Clock): string => `keyfob-${clock.wallMs()}`;
