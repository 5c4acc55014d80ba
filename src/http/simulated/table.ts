import type { Handler } from '../bind-operations.ts';
import { getFaults, putFaults } from './change-faults.ts';
import { deleteSimulatedSecret, putSimulatedSecret } from './change-secret.ts';
import { clearSimulationLog, getSimulationLog } from './simulation-log.ts';
import type { SimulationTools } from './simulation-tools.ts';

/** The handlers that are there in a simulation only, under the `operationId` of the contract. */
export function simulationHandlers(tools: SimulationTools): ReadonlyMap<string, Handler> {
  return new Map([
    ['putSimulatedSecret', putSimulatedSecret(tools)],
    ['deleteSimulatedSecret', deleteSimulatedSecret(tools)],
    ['getFaults', getFaults(tools)],
    ['putFaults', putFaults(tools)],
    ['getSimulationLog', getSimulationLog(tools)],
    ['clearSimulationLog', clearSimulationLog(tools)],
  ]);
}
