import { isDeepStrictEqual } from 'node:util';
import { createCallers } from '../access/create-callers.ts';
import { RateLimits } from '../access/rate-limits.ts';
import type { Config } from '../config/config.ts';
import type { Composition, Surroundings } from './composition.ts';
import { toKeySource } from './key-source.ts';

/**
 * Those of the previous composition where nothing about them has changed: then what callers have shown still counts.
 * @throws ConfigurationError with everything that is wrong about tokens and keys
 */
export async function openAccess(
  around: Surroundings,
  { access }: Config,
  previous?: Composition,
): Promise<Pick<Composition, 'callers' | 'limits'>> {
  if (previous !== undefined && isDeepStrictEqual(previous.config.access, access)) {
    const { callers, limits } = previous;
    return { callers, limits };
  }
  const { metrics, clock, log } = around;
  const callers = createCallers(access, {
    clock,
    log,
    openKeySource: () => toKeySource(access.jwt),
    onKeysRead: (status) => metrics.keyReads.inc({ status }),
  });
  if (previous !== undefined && isDeepStrictEqual(previous.config.access.jwt, access.jwt))
    callers.takeOver(previous.callers);
  try {
    await callers.start();
  } catch (error) {
    await callers.close();
    throw error;
  }
  return { callers, limits: new RateLimits(access.callers, around.clock) };
}
