import { test } from 'tap';
import { toMissingError } from '../../../src/providers/vault/kv-missing.ts';

const told = (id: string, mount = 'secret'): readonly string[] => {
  const { category, code, message } = toMissingError(id, mount);
  return [`${category}/${code}`, message];
};

test('a path that is written as for Vault itself is told how it is written here', (t) => {
  t.same(told('app/db'), ['SecretNotFoundError/SecretDoesNotExist', "no secret at 'app/db'"]);
  for (const id of ['secret', 'secrets/x', 'data/app', 'kv/secret/data/x'])
    t.equal(told(id)[1], `no secret at '${id}'`, id);
  t.same(told('secret/app/db'), [
    'SecretNotFoundError/SecretDoesNotExist',
    "no secret at 'secret/app/db'; paths begin below the mount 'secret', so 'app/db' may be meant",
  ]);
  const api = "the secret's path begins below the mount 'kv/team' and is 'app/db'";
  for (const kind of ['data', 'metadata'])
    t.same(told(`kv/team/${kind}/app/db`, 'kv/team'), [
      'ConfigurationError/InvalidPathPattern',
      `'kv/team/${kind}/app/db' is a path of Vault's HTTP API: ${api}`,
    ]);
  t.end();
});
