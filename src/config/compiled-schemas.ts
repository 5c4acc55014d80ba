import type { ValidateFunction } from 'ajv';

/**
 * Validators by the `$id` of their schemas. The bundler puts those of the configuration and of each store in here: to
 * compile them would take a quarter of each start.
 */
export const compiledSchemas: ReadonlyMap<string, ValidateFunction> = new Map();
