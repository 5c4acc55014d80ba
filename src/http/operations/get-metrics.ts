import type { Handler } from '../bind-operations.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /metrics` */
export function getMetrics({ metrics }: OperationTools): Handler {
  return async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text());
}
