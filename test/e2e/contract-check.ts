import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse } from 'yaml';

/** An exchange with the daemon, as far as the contract has a say in it. */
export interface Exchange {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
}

type Json = Readonly<Record<string, unknown>>;

const PROBLEM = 'application/problem+json';
// What may happen before it is known which operation is meant: too large, too slow, refused by the listener.
const BEFORE_ROUTING = new Set([404, 408, 431]);
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
// Headers that the contract lists for several statuses and that only some of them must have.
const NEEDED_ONLY: ReadonlyMap<string, ReadonlySet<number>> = new Map([
  ['retry-after', new Set([429, 503])],
  ['allow', new Set([405])],
]);

const contract: unknown = parse(readFileSync(new URL('../../openapi.yaml', import.meta.url), 'utf8'));

/**
 * Holds an answer against openapi.yaml: is its status documented for the operation, has it the content type, the headers
 * and the body that the contract promises, and is every refusal a problem.
 * @throws Error that says what does not fit.
 */
export function checkExchange(exchange: Exchange): void {
  const { method, path, status, body, headers } = exchange;
  const fail = (what: string): never => {
    throw new Error(
      `${method} ${path.slice(0, 100)} -> ${status} ${what}: ${Buffer.from(body).toString().slice(0, 500)}`,
    );
  };
  const response = responseFor(exchange) ?? fail('is not in the contract');
  for (const [name, header] of entriesOf(response['headers'])) {
    const value = headers[name.toLowerCase()];
    const isNeeded = NEEDED_ONLY.get(name.toLowerCase())?.has(status) ?? true;
    if (value === undefined && isNeeded) fail(`lacks the header '${name}'`);
    const isRight = validator(`header ${name}`, member(follow(header), 'schema'));
    if (value !== undefined && !isRight({ value })) fail(`has a wrong '${name}'`);
  }
  const wrong = bodyProblem(exchange, response) ?? (status >= 400 ? problemProblem(exchange) : undefined);
  if (wrong !== undefined) fail(wrong);
}

/** The response that the contract has for it; that of the document for what belongs to no operation. */
function responseFor({ method, path, status }: Exchange): Json | undefined {
  const operation = operationFor(method, path);
  const responses = objectAt(operation, 'responses');
  const documented = responses[String(status)];
  if (documented !== undefined) return asObject(follow(documented));
  const isBeforeRouting = status >= 400 && (operation === undefined || BEFORE_ROUTING.has(status));
  return isBeforeRouting
    ? objectAt(objectAt(objectAt(contract, 'components'), 'responses'), 'OtherProblem')
    : undefined;
}

function operationFor(method: string, path: string): unknown {
  const [plain = ''] = path.split('?');
  for (const [template, item] of entriesOf(member(contract, 'paths'))) {
    const fixed = template.replace(/\{.*$/, '');
    const isMeant = template === fixed ? plain === template : plain.startsWith(fixed);
    if (isMeant) return member(item, method.toLowerCase());
  }
  return undefined;
}

function bodyProblem({ method, headers, body }: Exchange, response: Json): string | undefined {
  // The headers of an answer to HEAD speak of a body that does not come.
  if (method === 'HEAD') return body.length === 0 ? undefined : 'has a body';
  const type = String(headers['content-type'] ?? '').split(';')[0] ?? '';
  const content = objectAt(response, 'content');
  if (Object.keys(content).length === 0) return body.length === 0 && type === '' ? undefined : 'should have no body';
  const media = content[type];
  if (media === undefined) return `has the content type '${type}', which is not in the contract`;
  const validate = validator(`body ${type}`, member(media, 'schema'));
  const text = Buffer.from(body).toString();
  if (validate({ value: type.endsWith('json') ? JSON.parse(text) : text })) return undefined;
  return `has a body that is not of the contract (${JSON.stringify(validate.errors)})`;
}

/** What a schema cannot say of a problem. */
function problemProblem({ method, status, headers, body }: Exchange): string | undefined {
  if (headers['content-type'] !== PROBLEM) return 'is no problem+json';
  if (method === 'HEAD') return undefined;
  const problem: Json = JSON.parse(Buffer.from(body).toString());
  const detail = String(problem['detail']);
  if (problem['status'] !== status) return 'has another status in its body';
  if (problem['title'] !== STATUS_CODES[status]) return 'has the title of another status';
  if (problem['requestId'] !== headers['x-request-id']) return 'has another request id in its body';
  if (/^[A-Z][a-z]+ |\.$/.test(detail)) return 'has a detail that is written otherwise than all others';
  return /\n\s+at |https?:|node_modules/.test(detail) ? 'has a detail with a stack or a URL' : undefined;
}

const ajvOf = { header: newAjv(true), body: newAjv(false) };
const validators = new Map<unknown, ValidateFunction>();

function newAjv(coerceTypes: boolean): Ajv2020 {
  const ajv = new Ajv2020({ strict: false, coerceTypes, formats: { 'date-time': RFC_3339 } });
  return ajv.addSchema({ $id: 'contract', $defs: rooted(member(member(contract, 'components'), 'schemas')) });
}

/** Checks `{ value }`: what is converted needs a place to be put. */
function validator(what: string, schema: unknown): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  const ajv = what.startsWith('header') ? ajvOf.header : ajvOf.body;
  const made = ajv.compile({ type: 'object', properties: { value: rooted(schema) }, required: ['value'] });
  validators.set(schema, made);
  return made;
}

/** The schema on its own, its references pointing to where the named ones are kept. */
function rooted(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/schemas/', '"contract#/$defs/'));
}

function follow(value: unknown): unknown {
  const reference = member(value, '$ref');
  if (typeof reference !== 'string') return value;
  return reference.split('/').slice(1).reduce(member, contract);
}

function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

function member(value: unknown, name: string): unknown {
  return asObject(value)[name];
}

function objectAt(value: unknown, name: string): Json {
  return asObject(member(value, name));
}

function entriesOf(value: unknown): readonly [string, unknown][] {
  return Object.entries(asObject(value));
}
