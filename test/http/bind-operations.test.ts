import Fastify, { type FastifyInstance } from 'fastify';
import { type Test, test } from 'tap';
import { bindOperations, type Handler } from '../../src/http/bind-operations.ts';
import { loadContract } from '../../src/http/contract.ts';
import { type ContractOperation, contractOperations } from '../../src/http/contract-operations.ts';
import { createValidatorCompiler } from '../../src/http/validator-compiler.ts';

const operations = contractOperations(loadContract());

/** A handler for each operation, which answers with what it was asked. */
const handlers = (): Map<string, Handler> =>
  new Map(
    operations.map(({ id }) => [
      id,
      async (request, reply) => {
        const { listeners, isSpared, access } = request.routeOptions.config;
        reply.header('x-seen', JSON.stringify([id, request.params, listeners, isSpared, access]));
        return reply.code(204).send();
      },
    ]),
  );

function createApp(t: Test): FastifyInstance {
  const app = Fastify({ exposeHeadRoutes: false });
  t.teardown(() => app.close());
  app.setValidatorCompiler(createValidatorCompiler());
  return app;
}

const seen = async (app: FastifyInstance, method: 'GET' | 'POST' | 'DELETE', url: string): Promise<unknown> => {
  const { headers, statusCode } = await app.inject({ method, url });
  const header = headers['x-seen'];
  return typeof header === 'string' ? JSON.parse(header) : statusCode;
};

test('every operation of the contract is a route, with what the contract says of it', async (t) => {
  const app = createApp(t);
  bindOperations(app, operations, handlers());
  t.same(await seen(app, 'GET', '/v1/secrets/db/creds'), ['getSecret', { '*': 'db/creds' }, ['api'], false, 'get']);
  t.same(await seen(app, 'GET', '/v1/secrets/a%2Fb%23'), ['getSecret', { '*': 'a/b#' }, ['api'], false, 'get']);
  t.same(await seen(app, 'GET', '/v1/secrets'), ['listSecrets', {}, ['api'], false, 'list']);
  t.same(await seen(app, 'DELETE', '/v1/cache/db'), ['invalidateSecret', { '*': 'db' }, ['api'], false, 'invalidate']);
  t.same(await seen(app, 'GET', '/livez'), ['getLiveness', {}, ['api', 'ops'], true, null]);
  t.equal(await seen(app, 'POST', '/v1/secrets/db'), 404);
});

test('the query is held against the contract', async (t) => {
  const app = createApp(t);
  bindOperations(app, operations, handlers());
  t.equal((await app.inject('/v1/secrets/db?key=a')).statusCode, 204);
  t.match((await app.inject('/v1/secrets/db?kye=a')).json(), { code: 'UnknownParameter' });
});

test('an operation without a handler stops the start', async (t) => {
  for (const { id } of operations) {
    const some = handlers();
    some.delete(id);
    t.throws(() => bindOperations(createApp(t), operations, some), {
      name: 'TypeError',
      message: `operation '${id}' of the contract has no handler`,
    });
  }
});

test('a handler without an operation stops the start', async (t) => {
  const more = handlers().set('strayHandler', () => undefined);
  t.throws(() => bindOperations(createApp(t), operations, more), {
    name: 'TypeError',
    message: "handler 'strayHandler' has no operation in the contract",
  });
  const fewer: readonly ContractOperation[] = operations.slice(1);
  t.throws(() => bindOperations(createApp(t), fewer, handlers()), { name: 'TypeError' });
});
