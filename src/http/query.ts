import type { FastifyRequest } from 'fastify';

/** Reads query parameters that the contract has checked; what has another type was not asked for. */
export class Query {
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(request: FastifyRequest) {
    this.#values = new Map(Object.entries(Object(request.query)));
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  flag(name: string): boolean {
    return this.#values.get(name) === true;
  }

  number(name: string): number | undefined {
    const value = this.#values.get(name);
    return typeof value === 'number' ? value : undefined;
  }

  texts(name: string): readonly string[] {
    const value = this.#values.get(name);
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  }
}

/** The part of the path that a wildcard stands for, percent-decoded once by the router. */
export function spannedPath(request: FastifyRequest): string {
  const { params } = request;
  return typeof params === 'object' && params !== null && '*' in params ? String(params['*']) : '';
}
