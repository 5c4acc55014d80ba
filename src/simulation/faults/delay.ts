import type { Delay } from '../../core/fault.ts';
import type { Draw } from './draw.ts';

// The 99 % quantile of the normal distribution.
const Z99 = 2.3263478740408408;
// A draw of 0 has no logarithm.
const LEAST = 2 ** -33;

/** A time of the distribution, in milliseconds. Takes two draws, whatever the distribution. */
export function drawDelay(delay: Delay, draw: Draw): number {
  const [first, second] = [draw(), draw()];
  if (delay.kind === 'fixed') return delay.ms;
  if (delay.kind === 'even') return delay.fromMs + first * (delay.toMs - delay.fromMs);
  // Box and Muller's way from even draws to a normal one.
  const normal = Math.sqrt(-2 * Math.log(first + LEAST)) * Math.cos(2 * Math.PI * second);
  return delay.p50Ms * (delay.p99Ms / delay.p50Ms) ** (normal / Z99);
}
