import { type Operation, operations } from '../core/access-context.ts';
import { isObject, type JsonObject } from '../core/json-object.ts';

/** Which listeners answer an operation. */
export type ListenerKind = 'api' | 'ops';

/** One operation of the contract, references replaced by what they name. */
export interface ContractOperation {
  readonly id: string;
  readonly method: string;
  /** The path as the contract writes it. */
  readonly template: string;
  /** Name of a path parameter that takes the rest of the path, slashes included. */
  readonly spanningParameter?: string;
  readonly listeners: readonly ListenerKind[];
  /** The policy operation that a caller needs; absent where no secret is touched. */
  readonly access?: Operation;
  /** In a simulation only; such a route does not exist otherwise. */
  readonly isSimulated: boolean;
  /** Whether it must be known who asks: `security` is not empty. */
  readonly needsCaller: boolean;
  /** Never refused by load shedding. */
  readonly isSpared: boolean;
  /** JSON schema of the query; unknown parameters are refused. */
  readonly querySchema: JsonObject;
  /** `content` of the request body. */
  readonly bodyContent?: JsonObject;
  /** `content` of each successful answer, by status. */
  readonly responseContent: Readonly<Record<string, JsonObject>>;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** All operations of a contract. @throws TypeError when it is not written as the binder needs it. */
export function contractOperations(contract: JsonObject): readonly ContractOperation[] {
  const dereference = createDereferencer(contract);
  return Object.entries(objectAt(contract, 'paths')).flatMap(([template, rawItem]) => {
    const item = asObject(dereference(rawItem));
    return METHODS.filter((method) => method in item).map((method) => toOperation(template, method, item));
  });
}

function toOperation(template: string, method: string, item: JsonObject): ContractOperation {
  const operation = objectAt(item, method);
  const parameters = [...listAt(item, 'parameters'), ...listAt(operation, 'parameters')].map(asObject);
  const spanning = parameters.find((parameter) => parameter['x-spans-slashes'] === true);
  const responses = Object.entries(objectAt(operation, 'responses')).filter(([status]) => status.startsWith('2'));
  const body = operation['requestBody'];
  return {
    id: String(operation['operationId']),
    method: method.toUpperCase(),
    template,
    ...(spanning !== undefined && { spanningParameter: String(spanning['name']) }),
    listeners: listAt(operation, 'x-listener').map((kind) => (kind === 'ops' ? 'ops' : 'api')),
    ...toAccess(operation['x-operation']),
    isSimulated: operation['x-mode'] === 'simulation',
    needsCaller: operation['security'] === undefined,
    isSpared: operation['x-spare'] === true,
    querySchema: toQuerySchema(parameters.filter((parameter) => parameter['in'] === 'query')),
    ...(isObject(body) && { bodyContent: objectAt(body, 'content') }),
    responseContent: Object.fromEntries(
      responses.map(([status, response]) => [status, asObject(asObject(response)['content'] ?? {})]),
    ),
  };
}

function toAccess(name: unknown): { readonly access?: Operation } {
  if (name === undefined) return {};
  const access = operations.find((operation) => operation === name);
  if (access === undefined) throw new TypeError('the contract names an operation that no policy has');
  return { access };
}

function toQuerySchema(parameters: readonly JsonObject[]): JsonObject {
  return {
    type: 'object',
    properties: Object.fromEntries(parameters.map((parameter) => [parameter['name'], parameter['schema']])),
    required: parameters.filter((parameter) => parameter['required'] === true).map((parameter) => parameter['name']),
    additionalProperties: false,
  };
}

/** Replaces every `$ref` into the contract by what it points to; each target is gone through once. */
function createDereferencer(contract: JsonObject): (value: unknown) => unknown {
  const targets = new Map<string, unknown>();
  const dereference = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(dereference);
    if (!isObject(value)) return value;
    const { $ref } = value;
    if (typeof $ref !== 'string') {
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, dereference(member)]));
    }
    if (!targets.has($ref)) targets.set($ref, dereference(lookUp($ref, contract)));
    return targets.get($ref);
  };
  return dereference;
}

function lookUp(reference: string, contract: JsonObject): unknown {
  let at: unknown = contract;
  for (const token of reference.split('/').slice(1)) at = asObject(at)[token.replaceAll('~1', '/')];
  if (at === undefined) throw new TypeError(`the contract refers to '${reference}', which it does not have`);
  return at;
}

function asObject(value: unknown): JsonObject {
  if (!isObject(value)) throw new TypeError('the contract has something else where an object belongs');
  return value;
}

const objectAt = (parent: JsonObject, name: string): JsonObject => asObject(parent[name]);
const listAt = (parent: JsonObject, name: string): readonly unknown[] => {
  const list: unknown = parent[name];
  return Array.isArray(list) ? list : [];
};
