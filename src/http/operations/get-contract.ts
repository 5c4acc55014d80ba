import type { Handler } from '../bind-operations.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /openapi.json` */
export function getContract({ contract }: OperationTools): Handler {
  const text = JSON.stringify(contract);
  return (_request, reply) => {
    reply.type('application/json; charset=utf-8').send(text);
  };
}
