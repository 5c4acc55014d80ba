import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { FastifySchemaCompiler } from 'fastify';
import { nearestKey } from '../core/nearest-key.ts';
import { RequestError } from '../core/errors/request-error.ts';

type Part = 'querystring' | 'body';

/** Checks queries and bodies against the contract. Queries are text, so that numbers and flags are converted. */
export function createValidatorCompiler(): FastifySchemaCompiler<object> {
  // The tests check the contract's schemas; to check them again would double the time that a start takes.
  const options = { strict: false, meta: false, validateSchema: false, validateFormats: false, useDefaults: true };
  const ajvOf = {
    querystring: new Ajv2020({ ...options, coerceTypes: 'array' }),
    body: new Ajv2020(options),
  };
  return ({ schema, httpPart }) => {
    const part: Part = httpPart === 'body' ? 'body' : 'querystring';
    let validate: ValidateFunction | undefined;
    return (value: unknown) => {
      // At the first request: to compile them all would cost each start a good part of its time.
      validate ??= ajvOf[part].compile(schema);
      if (validate(value)) return { value };
      return { error: toRequestError(part, validate.errors?.[0], Object.keys(propertiesOf(schema))) };
    };
  };
}

/** No value of the request is repeated: it may be a secret that was put in the wrong place. */
function toRequestError(part: Part, error: ErrorObject | undefined, known: readonly string[]): RequestError {
  const isQuery = part === 'querystring';
  if (error?.keyword === 'additionalProperties') {
    const name = String(error.params['additionalProperty']);
    const nearest = nearestKey(name, known);
    const hint = nearest === undefined ? '' : `, did you mean '${nearest}'?`;
    return isQuery
      ? new RequestError('UnknownParameter', `unknown query parameter '${shorten(name)}'${hint}`)
      : new RequestError('InvalidBody', `unknown field '${shorten(name)}' in the body`);
  }
  const place = error?.instancePath.slice(1).replaceAll('/', '.') ?? '';
  const what = error?.message ?? 'is wrong';
  return isQuery
    ? new RequestError('InvalidParameter', place === '' ? `the query ${what}` : `query parameter '${place}' ${what}`)
    : new RequestError('InvalidBody', place === '' ? `the body ${what}` : `the body's '${place}' ${what}`);
}

function propertiesOf(schema: object): object {
  return 'properties' in schema && typeof schema.properties === 'object' && schema.properties !== null
    ? schema.properties
    : {};
}

const shorten = (name: string): string => (name.length > 64 ? `${name.slice(0, 64)}…` : name);
