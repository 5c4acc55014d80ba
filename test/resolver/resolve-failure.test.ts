import { test } from 'tap';
import { ParseError } from '../../src/core/errors/parse-error.ts';
import { ResolveFailure } from '../../src/resolver/resolve-failure.ts';

test('it is known by its name and carries its failures', async (t) => {
  const error = new ParseError('InvalidReference', 'x');
  const failures = [{ reference: '{{secret:}}', line: 1, column: 1, excerpt: '{{secret:}}\n^', error }];
  const failure = new ResolveFailure(failures, [error, error]);
  t.match(failure, { name: 'ResolveFailure', message: '2 of the references failed' });
  t.equal(failure.failures, failures);
});
