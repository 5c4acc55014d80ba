import type { FaultSettings } from '../../core/simulation-control.ts';
import type { Handler } from '../bind-operations.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { SimulationTools } from './simulation-tools.ts';

/** `GET /v1/simulation/faults` */
export function getFaults({ client, simulation }: SimulationTools): Handler {
  return async (request, reply) =>
    sendJson(reply, await client.simulate('', toAccessContext(request), () => simulation.faults));
}

/** `PUT /v1/simulation/faults`: these and no others from now on. */
export function putFaults({ client, simulation }: SimulationTools): Handler {
  return async (request, reply) => {
    const { seed = simulation.faults.seed, faults = [], ...rest } = parseFaults(request.body);
    const settings = await client.simulate('', toAccessContext(request), () => {
      simulation.setFaults({ seed, faults, ...rest });
      return simulation.faults;
    });
    return sendJson(reply, settings);
  };
}

/** The contract has checked the body; the cast says no more than its schema. */
const parseFaults = (body: unknown): Partial<FaultSettings> => body as Partial<FaultSettings>;
