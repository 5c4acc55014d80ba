import { RequestError } from '../../core/errors/request-error.ts';
import { Redacted } from '../../core/redacted.ts';
import type { SecretValue } from '../../core/secret.ts';
import type { MockMove, MockVersion } from '../../core/simulation-control.ts';
import type { Handler } from '../bind-operations.ts';
import { spannedPath } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { sendJson } from '../send-json.ts';
import type { SimulationTools } from './simulation-tools.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** `PUT /v1/simulation/secrets/{path}`: a new version, or stages that go to another one. */
export function putSimulatedSecret({ client, simulation }: SimulationTools): Handler {
  return async (request, reply) => {
    const path = spannedPath(request);
    const change = parseChange(request.body);
    const changed = await client.simulate(path, toAccessContext(request), () => simulation.putSecret(path, change));
    return sendJson(reply, { path, ...changed });
  };
}

/** `DELETE /v1/simulation/secrets/{path}` */
export function deleteSimulatedSecret({ client, simulation }: SimulationTools): Handler {
  return async (request, reply) => {
    const path = spannedPath(request);
    await client.simulate(path, toAccessContext(request), () => simulation.deleteSecret(path));
    return reply.code(204).send();
  };
}

type ChangeBody =
  | { readonly value: string; readonly encoding?: 'utf8' | 'base64'; readonly stages?: readonly string[] }
  | { readonly version: string; readonly stages: readonly string[] };

/** The contract has checked the body; the cast says no more than its schema. */
function parseChange(json: unknown): MockVersion | MockMove {
  const body = json as ChangeBody;
  if ('version' in body) return body;
  return { value: parseValue(body.value, body.encoding), stages: body.stages ?? ['current'] };
}

function parseValue(text: string, encoding: 'utf8' | 'base64' = 'utf8'): SecretValue {
  if (encoding === 'utf8') return new Redacted(text);
  if (!BASE64.test(text)) throw new RequestError('InvalidBody', "'value' is no base64, as 'encoding' says");
  return new Redacted<Uint8Array>(Uint8Array.from(Buffer.from(text, 'base64')));
}
