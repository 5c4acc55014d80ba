import { test } from 'tap';
import { parse } from 'yaml';
import { isObject } from '../../src/core/json-object.ts';
import { contractOperations } from '../../src/http/contract-operations.ts';

function operationsOf(yaml: string) {
  const contract: unknown = parse(yaml);
  if (!isObject(contract)) throw new Error('no object');
  return contractOperations(contract);
}

const CONTRACT = `
components:
  parameters:
    path: { name: path, in: path, required: true, x-spans-slashes: true, schema: { type: string } }
    key: { name: key, in: query, schema: { $ref: '#/components/schemas/Key' } }
  schemas:
    Key: { type: string, minLength: 1 }
    Deep: { type: object, properties: { key: { $ref: '#/components/schemas/Key' } } }
    "a/b": { type: number }
  requestBodies: { Body: { content: { application/json: { schema: { $ref: '#/components/schemas/Deep' } } } } }
  responses: { Ok: { content: { text/plain: { schema: { $ref: '#/components/schemas/a~1b' } } } } }
paths:
  /v1/things/{path}:
    parameters: [{ $ref: '#/components/parameters/path' }]
    get:
      operationId: getThing
      x-listener: [api, ops]
      x-operation: get
      x-spare: true
      parameters: [{ $ref: '#/components/parameters/key' }, { name: n, in: query, required: true, schema: { type: integer } }, { name: X-H, in: header }]
      responses: { 200: { $ref: '#/components/responses/Ok' }, 204: { description: none }, 404: { content: {} } }
    delete: { operationId: deleteThing, responses: {} }
  /v1/other:
    post: { operationId: postOther, x-listener: [api], requestBody: { $ref: '#/components/requestBodies/Body' }, responses: {} }
`;

test('every operation, its references replaced', async (t) => {
  t.strictSame(operationsOf(CONTRACT), [
    {
      id: 'getThing',
      method: 'GET',
      template: '/v1/things/{path}',
      spanningParameter: 'path',
      listeners: ['api', 'ops'],
      access: 'get',
      isSimulated: false,
      needsCaller: true,
      isSpared: true,
      querySchema: {
        type: 'object',
        properties: { key: { type: 'string', minLength: 1 }, n: { type: 'integer' } },
        required: ['n'],
        additionalProperties: false,
      },
      responseContent: { 200: { 'text/plain': { schema: { type: 'number' } } }, 204: {} },
    },
    {
      id: 'deleteThing',
      method: 'DELETE',
      template: '/v1/things/{path}',
      spanningParameter: 'path',
      listeners: [],
      isSimulated: false,
      needsCaller: true,
      isSpared: false,
      querySchema: { type: 'object', properties: {}, required: [], additionalProperties: false },
      responseContent: {},
    },
    {
      id: 'postOther',
      method: 'POST',
      template: '/v1/other',
      listeners: ['api'],
      isSimulated: false,
      needsCaller: true,
      isSpared: false,
      querySchema: { type: 'object', properties: {}, required: [], additionalProperties: false },
      bodyContent: {
        'application/json': {
          schema: { type: 'object', properties: { key: { type: 'string', minLength: 1 } } },
        },
      },
      responseContent: {},
    },
  ]);
});

test('a contract that the binder does not understand stops the start', async (t) => {
  const broken = {
    'no paths': 'openapi: 3.1.0',
    'no responses': 'paths: { /x: { get: { operationId: x } } }',
    'a reference to nothing': "paths: { /x: { $ref: '#/components/x' } }",
    'an operation that no policy has': 'paths: { /x: { get: { operationId: x, x-operation: stroll, responses: {} } } }',
  };
  for (const [what, yaml] of Object.entries(broken)) t.throws(() => operationsOf(yaml), { name: 'TypeError' }, what);
});
