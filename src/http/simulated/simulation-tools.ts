import type { Client } from '../../client/client.ts';
import type { SimulationControl } from '../../core/simulation-control.ts';

/** What the operations of a simulation work with. */
export interface SimulationTools {
  /** Checks who may, and keeps the record. */
  readonly client: Client;
  readonly simulation: SimulationControl;
}
