import type { Handler } from '../bind-operations.ts';
import { describeSecret } from './describe-secret.ts';
import { getContract } from './get-contract.ts';
import { getMetrics } from './get-metrics.ts';
import { getSecret } from './get-secret.ts';
import { getStatus } from './get-status.ts';
import { getLiveness, getReadiness, getStartup } from './health.ts';
import { invalidatePrefix, invalidateSecret } from './invalidate.ts';
import { listSecrets } from './list-secrets.ts';
import { listVersions } from './list-versions.ts';
import type { OperationTools } from './operation-tools.ts';
import { readBatch } from './read-batch.ts';
import { resolveReferences } from './resolve-references.ts';
import { rotateSecret } from './rotate-secret.ts';
import { watchSecrets } from './watch-secrets.ts';

/** Every handler under the `operationId` of the contract. */
export function operationHandlers(tools: OperationTools): ReadonlyMap<string, Handler> {
  return new Map([
    ['getSecret', getSecret(tools.reads)],
    ['listSecrets', listSecrets(tools)],
    ['describeSecret', describeSecret(tools)],
    ['listVersions', listVersions(tools)],
    ['readBatch', readBatch(tools)],
    ['resolveReferences', resolveReferences(tools)],
    ['rotateSecret', rotateSecret(tools)],
    ['invalidateSecret', invalidateSecret(tools)],
    ['invalidatePrefix', invalidatePrefix(tools)],
    ['watchSecrets', watchSecrets(tools)],
    ['getStatus', getStatus(tools)],
    ['getMetrics', getMetrics(tools)],
    ['getLiveness', getLiveness()],
    ['getReadiness', getReadiness(tools)],
    ['getStartup', getStartup(tools)],
    ['getContract', getContract(tools)],
  ]);
}
