import type { ContractOperation } from './contract-operations.ts';

/** Which methods a URL path has in the contract: none when there is no such route. For 404 and for 405 with `Allow`. */
export function createAllowedMethods(operations: readonly ContractOperation[]): (urlPath: string) => readonly string[] {
  const routes = operations.map(({ method, template, spanningParameter }) => ({
    method,
    fixed: spanningParameter === undefined ? template : template.slice(0, template.indexOf('{')),
    isPrefix: spanningParameter !== undefined,
  }));
  return (urlPath) =>
    routes
      .filter(({ fixed, isPrefix }) => (isPrefix ? urlPath.startsWith(fixed) : urlPath === fixed))
      .map(({ method }) => method);
}
