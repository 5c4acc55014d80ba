import { test } from 'tap';
import { ParseError } from '../../src/core/errors/parse-error.ts';
import { ResolveFailure } from '../../src/resolver/resolve-failure.ts';

test('it is known by its name and carries its failures', async (t) => {
  const failures = [{ reference: '{{secret:}}', line: 1, column: 1, error: new ParseError('InvalidReference', 'x') }];
  const failure = new ResolveFailure(failures);
  t.match(failure, { name: 'ResolveFailure', message: '1 of the references failed' });
  t.equal(failure.failures, failures);
});
