import { RequestError } from '../../core/errors/request-error.ts';
import type { Handler } from '../bind-operations.ts';
import type { OperationTools } from './operation-tools.ts';

/** `GET /livez`: that it answers is the answer. */
export function getLiveness(): Handler {
  return (_request, reply) => {
    reply.type('text/plain; charset=utf-8').send('ok');
  };
}

/** `GET /readyz`: can serve, stale values included; says nothing of the stores. */
export function getReadiness({ lifecycle }: OperationTools): Handler {
  return (_request, reply) => {
    if (lifecycle.isDraining) throw new RequestError('Draining', 'the daemon is stopping');
    assertStarted(lifecycle.isStarted);
    reply.type('text/plain; charset=utf-8').send('ok');
  };
}

/** `GET /startupz` */
export function getStartup({ lifecycle }: OperationTools): Handler {
  return (_request, reply) => {
    assertStarted(lifecycle.isStarted);
    reply.type('text/plain; charset=utf-8').send('ok');
  };
}

function assertStarted(isStarted: boolean): void {
  if (!isStarted) throw new RequestError('Overloaded', 'the daemon is starting');
}
