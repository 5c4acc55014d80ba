import { test } from 'tap';
import { noLog, safeLog } from '../../src/library/safe-log.ts';
import { RecordingLog } from '../contract/recording-log.ts';

const levels = ['error', 'warn', 'info', 'debug', 'trace'] as const;

test('an error is told in words, whatever else it carries', (t) => {
  const log = new RecordingLog();
  const error = Object.assign(new Error('no answer', { cause: new TypeError('closed') }), {
    headers: { token: 't0ken' },
  });
  for (const level of levels) safeLog(log)[level]({ err: error, provider: 'vault' }, 'failed');
  t.same(
    log.lines.map(({ level, fields }) => [level, fields]),
    levels.map((level) => [level, { err: 'Error: no answer; caused by TypeError: closed', provider: 'vault' }]),
  );
  t.end();
});

test('no log takes everything', (t) => {
  for (const level of levels) t.equal(noLog[level]({}, 'x'), undefined);
  t.end();
});
