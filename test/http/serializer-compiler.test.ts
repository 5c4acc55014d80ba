import Fastify from 'fastify';
import { test } from 'tap';
import { createSerializerCompiler } from '../../src/http/serializer-compiler.ts';

test('what the contract does not declare does not leave', async (t) => {
  const app = Fastify();
  t.teardown(() => app.close());
  app.setSerializerCompiler(createSerializerCompiler());
  const properties = { name: { type: 'string' }, at: { type: 'string', format: 'date-time' } };
  const response = { 200: { content: { 'application/json': { schema: { type: 'object', properties } } } } };
  app.get('/', { schema: { response } }, async () => ({ name: 'a', at: new Date(0), value: 'a secret' }));
  for (let time = 0; time < 2; time += 1)
    t.same((await app.inject('/')).json(), { name: 'a', at: '1970-01-01T00:00:00.000Z' });
});
