import type { SimulationMode } from '../../core/simulation-control.ts';

const NAME = 'cache-status';

/**
 * Says in `Cache-Status` that the value comes from a simulation (RFC 9211 §2 allows for more parameters).
 * @param headers names and values, turn by turn
 */
export function markAnswer(headers: readonly string[], mode: SimulationMode): readonly string[] {
  return headers.map((text, index) => (headers[index - 1] === NAME ? `${text}; simulation=${mode}` : text));
}
