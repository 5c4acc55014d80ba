import { isDeepStrictEqual } from 'node:util';
import type { AuditEvent, AuditLog } from '../audit/audit-log.ts';
import type { Log } from '../core/log.ts';
import type { Config } from '../config/config.ts';
import { createCallerPaths } from '../simulation/caller-paths.ts';
import { Simulation } from '../simulation/simulation.ts';
import type { Composition, Surroundings } from './composition.ts';
import { openBacking } from './simulation-backing.ts';

/**
 * The simulation of the previous composition where nothing about it has changed; none where none is wanted.
 * @throws ConfigurationError
 */
export async function openSimulation(
  { clock, log }: Surroundings,
  { simulation: settings, environment }: Config,
  previous?: Composition,
): Promise<Simulation | undefined> {
  if (settings === undefined) return undefined;
  if (isDeepStrictEqual(previous?.config.simulation, settings)) return previous?.simulation;
  const { mode, faults } = settings;
  const fields = { mode, scenario: faults.scenario, faults: faults.faults.length, environment };
  log.warn(fields, 'this is a simulation: what is served may be made up, late or wrong');
  return new Simulation({ mode, faults, clock, backing: await openBacking({ clock, log }, settings) });
}

/** Where paths lead: in a mock, whose secrets are under the paths of their readers, nowhere else. */
export function toRouted(config: Config): Config {
  if (config.simulation?.mode !== 'mock') return config;
  const { environment: _environment, pathMappings, ...rest } = config;
  return { ...rest, pathMappings: pathMappings.map((mapping) => ({ ...mapping, prefix: '', scope: {} })) };
}

/** Lets the simulation tell what is asked for under a native path by the path of its readers. */
export function tellPaths(simulation: Simulation | undefined, config: Config): void {
  const { environment, pathMappings: mappings } = toRouted(config);
  if (simulation === undefined) return;
  simulation.toPath = createCallerPaths({ mappings, ...(environment !== undefined && { environment }) });
}

/** Every access goes into the log of the simulation, too; in a dry run what was decided goes into that of the daemon. */
export function withSimulationLog(audit: AuditLog, simulation: Simulation | undefined, log: Log): AuditLog {
  if (simulation === undefined) return audit;
  return {
    assertWritable: () => audit.assertWritable(),
    record: (event) => {
      audit.record(event);
      const { context, ...access } = event;
      simulation.accessed({ ...access, caller: context.caller });
      if (simulation.mode === 'dry-run') logDecision(event, log);
    },
  };
}

const REFUSALS: readonly (string | undefined)[] = ['NotAuthenticated', 'PolicyDenied', 'CallerRateLimited'];

/** What would be asked of the store is a line of its own. A dry run reads nothing, so that the cache never has anything. */
function logDecision({ operation, path, context, provider, cached, code }: AuditEvent, log: Log): void {
  log.info(
    {
      operation,
      secret_path: path,
      caller_identity: context.caller,
      policy: REFUSALS.includes(code) ? 'refused' : 'allowed',
      route: provider ?? 'none',
      cache: cached ? 'hit' : 'none',
      code,
    },
    'dry run: decided',
  );
}
