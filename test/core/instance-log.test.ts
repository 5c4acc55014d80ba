import { test } from 'tap';
import { ProviderError } from '../../src/core/errors/provider-error.ts';
import { InstanceLog } from '../../src/core/instance-log.ts';
import { RecordingLog } from '../contract/recording-log.ts';

test('a trouble is told of once, when it changes, and when it is over', (t) => {
  const log = new RecordingLog();
  const instance = new InstanceLog(log, 'aws');
  const down = new ProviderError('ProviderUnavailable', 'down');
  t.equal(instance.report(down), down);
  instance.report(down);
  instance.report(new ProviderError('RateLimited', 'too fast'));
  instance.clear();
  instance.clear();
  instance.report(down);
  t.same(
    log.lines.map(({ level, message }) => `${level} ${message}`),
    ['error down', 'warn too fast', 'info the store works again', 'error down'],
  );
  t.match(log.lines[0]?.fields, { provider: 'aws', error: 'ProviderError', code: 'ProviderUnavailable' });
  t.end();
});
