import { RequestError } from '../../core/errors/request-error.ts';
import { isPathPattern } from '../../core/path-pattern.ts';
import type { LogFilter } from '../../core/simulation-control.ts';
import type { Handler } from '../bind-operations.ts';
import { Query } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { SimulationTools } from './simulation-tools.ts';

const DEFAULT_LIMIT = 100;

/** `GET /v1/simulation/log` */
export function getSimulationLog({ client, simulation }: SimulationTools): Handler {
  return async (request, reply) => {
    const filter = toFilter(new Query(request));
    const entries = await client.simulate('', toAccessContext(request), () => simulation.log(filter));
    return sendJson(reply, { entries });
  };
}

/** `DELETE /v1/simulation/log` */
export function clearSimulationLog({ client, simulation }: SimulationTools): Handler {
  return async (request, reply) => {
    await client.simulate('', toAccessContext(request), () => simulation.clearLog());
    return reply.code(204).send();
  };
}

function toFilter(query: Query): LogFilter {
  const [kind, operation, path, provider] = ['kind', 'operation', 'path', 'provider'].map((name) => query.text(name));
  const after = query.number('after');
  if (path !== undefined && !isPathPattern(path))
    throw new RequestError('InvalidParameter', "query parameter 'path' must be a path pattern such as 'app/**'");
  return {
    ...((kind === 'access' || kind === 'call') && { kind }),
    ...(operation !== undefined && { operation }),
    ...(path !== undefined && { path }),
    ...(provider !== undefined && { provider }),
    ...(after !== undefined && { after }),
    limit: query.number('limit') ?? DEFAULT_LIMIT,
  };
}
