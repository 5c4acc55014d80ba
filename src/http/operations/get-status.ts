import type { SourceStatus } from '../../client/client.ts';
import type { Handler } from '../bind-operations.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /v1/status`: nothing secret, no path. */
export function getStatus({ client, lifecycle, about, simulation }: OperationTools): Handler {
  return (_request, reply) => {
    const { entries, bytes, negativeEntries } = client.cacheStats();
    const { version, startedAt, maxEntries, maxBytes } = about;
    void sendJson(reply, {
      version,
      startedAt,
      ready: lifecycle.isStarted && !lifecycle.isDraining,
      draining: lifecycle.isDraining,
      providers: client.status().map(toProviderStatus),
      cache: { entries, bytes, negativeEntries, maxEntries, maxBytes },
      ...(simulation !== undefined && { simulation: toSimulationStatus(simulation) }),
    });
  };
}

function toSimulationStatus({ mode, faults }: NonNullable<OperationTools['simulation']>): object {
  const { seed, scenario } = faults;
  return { mode, seed, ...(scenario !== undefined && { scenario }), faults: faults.faults.length };
}

function toProviderStatus(status: SourceStatus): object {
  const { name, region, type, breaker, identityExpiresInMs, lastError, lastSuccessAtMs } = status;
  return {
    name,
    ...(region !== undefined && { region }),
    type,
    breaker,
    ...(identityExpiresInMs !== undefined && { identityExpiresInSeconds: Math.trunc(identityExpiresInMs / 1_000) }),
    ...(lastError !== undefined && {
      lastError: { error: lastError.error, code: lastError.code, at: new Date(lastError.atMs) },
    }),
    ...(lastSuccessAtMs !== undefined && { lastSuccessAt: new Date(lastSuccessAtMs) }),
  };
}
