import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'tap';
import { parse } from 'yaml';
import { codesByCategory } from '../src/core/errors/codes.ts';

type Json = Readonly<Record<string, unknown>>;

// Both are read as JSON objects; what the tests rely on is asserted by them.
const contract: Json = parse(readFileSync('openapi.yaml', 'utf8'));
const manifest: Json = JSON.parse(readFileSync('package.json', 'utf8'));

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const OPS = ['/metrics', '/livez', '/readyz', '/startupz'];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function at(pointer: string): unknown {
  let found: unknown = contract;
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
  }
  return found;
}

const member = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
const entriesOf = (value: unknown): readonly [string, unknown][] => (isObject(value) ? Object.entries(value) : []);

/** A parameter, header or response, with its reference followed. */
function follow(value: unknown): unknown {
  const reference = member(value, '$ref');
  return typeof reference === 'string' ? at(reference.slice(1)) : value;
}

/** Every object of the document with its pointer. */
function* objects(value: unknown, pointer = ''): Generator<readonly [string, Json]> {
  if (isObject(value)) yield [pointer, value];
  const children = Array.isArray(value) ? value.entries() : entriesOf(value);
  for (const [name, child] of children)
    yield* objects(child, `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`);
}

const operations = entriesOf(contract['paths']).flatMap(([path, item]) =>
  entriesOf(item)
    .filter(([method]) => METHODS.includes(method))
    .map(([method, operation]) => ({ path, method, operation, item })),
);

/** The schema on its own, its references pointing to where `validators` keeps the named ones. */
const rooted = (schema: unknown): Json =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"contract#/$defs/'));

/** As strict as the validators that the contract is bound to. */
function validators(): Ajv2020 {
  const ajv = new Ajv2020({ strict: true, allErrors: true, formats: { 'date-time': true } });
  ajv.addSchema({ $id: 'contract', $defs: rooted(at('/components/schemas')) });
  return ajv;
}

test('every reference leads somewhere', async (t) => {
  const references = [...objects(contract)]
    .map(([, object]) => object['$ref'])
    .filter((ref) => typeof ref === 'string');
  t.ok(references.length > 100);
  for (const reference of references) t.not(at(reference.slice(1)), undefined, reference);
});

test('every schema compiles and every component is used', async (t) => {
  const ajv = validators();
  const text = JSON.stringify(contract);
  for (const name of Object.keys(at('/components/schemas') ?? {})) {
    t.doesNotThrow(() => ajv.compile({ $ref: `contract#/$defs/${name}` }), name);
  }
  for (const kind of ['schemas', 'responses', 'headers', 'parameters'])
    for (const [name] of entriesOf(at(`/components/${kind}`)))
      t.ok(text.includes(`"#/components/${kind}/${name}"`), `${kind}/${name} is used`);
});

test('every object schema is closed, maps and the contract itself aside', async (t) => {
  const open = [...objects(contract)]
    .filter(([, schema]) => schema['type'] === 'object' && schema['additionalProperties'] !== false)
    .map(([pointer]) => pointer);
  t.strictSame(open, [
    '/components/schemas/Tags',
    '/components/schemas/Contract',
    '/components/schemas/Contract/properties/info',
    '/components/schemas/Contract/properties/paths',
  ]);
});

test('every example fits its schema', async (t) => {
  const ajv = validators();
  let checked = 0;
  for (const [pointer, holder] of objects(contract)) {
    if (holder['schema'] === undefined) continue;
    const validate = ajv.compile(rooted(holder['schema']));
    const examples = entriesOf(holder['examples']).map(([, example]) => member(example, 'value'));
    if (holder['example'] !== undefined) examples.push(holder['example']);
    for (const example of examples) t.ok(validate(example), `${pointer}: ${ajv.errorsText(validate.errors)}`);
    checked += examples.length;
  }
  t.ok(checked > 30);
});

test('every operation is described and every answer of it declared', async (t) => {
  const ids = new Set(operations.map(({ operation }) => member(operation, 'operationId')));
  t.equal(ids.size, operations.length, 'operation ids are unique');
  for (const { path, method, operation } of operations) {
    const name = `${method} ${path}`;
    t.equal(typeof member(operation, 'summary'), 'string', name);
    t.strictSame(member(operation, 'x-listener'), OPS.includes(path) ? ['api', 'ops'] : ['api'], name);
    t.equal(member(operation, 'x-spare') ?? false, OPS.includes(path), name);
    const answers = entriesOf(member(operation, 'responses'));
    t.ok(answers.some(([status]) => status === 'default') && answers.some(([status]) => status.startsWith('2')), name);
    for (const [status, answer] of answers) {
      const types = Object.keys(member(follow(answer), 'content') ?? {});
      if (status === 'default' || status >= '400')
        t.strictSame(types, ['application/problem+json'], `${name} ${status}`);
      else t.equal(types.length === 0, ['204', '304'].includes(status), `${name} ${status}`);
    }
  }
});

test('the parameters in the template of a path are declared, and span slashes', async (t) => {
  for (const { path, method, operation, item } of operations) {
    const parameters = [member(item, 'parameters') ?? [], member(operation, 'parameters') ?? []].flat().map(follow);
    const inPath = parameters.filter((parameter) => member(parameter, 'in') === 'path');
    t.equal(inPath.length, path.split('{').length - 1, `${method} ${path}`);
    for (const parameter of inPath) t.equal(member(parameter, 'x-spans-slashes'), true, `${method} ${path}`);
  }
});

test('the errors of a problem are those of the taxonomy, with the bug of ours', async (t) => {
  t.strictSame(at('/components/schemas/ErrorCategory/enum'), [...Object.keys(codesByCategory), 'InternalError']);
  t.strictSame(at('/components/schemas/ErrorCode/enum'), [...Object.values(codesByCategory).flat(), 'Unexpected']);
});

test('the version of the contract is that of the package', async (t) => {
  t.equal(at('/info/version'), manifest['version']);
});
