import { test } from 'tap';
import { createAllowedMethods } from '../../src/http/allowed-methods.ts';
import { loadContract } from '../../src/http/contract.ts';
import { contractOperations } from '../../src/http/contract-operations.ts';

test('the methods of each URL path of the contract, none for others', async (t) => {
  const allowed = createAllowedMethods(contractOperations(loadContract()));
  const rows: readonly [path: string, ...methods: string[]][] = [
    ['/v1/secrets', 'GET'],
    ['/v1/secrets/db', 'GET'],
    ['/v1/secrets/db/creds', 'GET'],
    ['/v1/cache', 'DELETE'],
    ['/v1/cache/db', 'DELETE'],
    ['/v1/batch', 'POST'],
    ['/v1/resolve', 'POST'],
    ['/metrics', 'GET'],
    ['/v1/secretsx'],
    ['/v1/batch/x'],
    ['/v1'],
    ['/'],
    [''],
    ['/V1/secrets'],
  ];
  for (const [path, ...methods] of rows) t.same(allowed(path), methods, path);
});
