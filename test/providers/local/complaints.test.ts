import { test } from 'tap';
import { Complaints } from '../../../src/providers/local/complaints.ts';
import { RecordingLog } from '../../contract/recording-log.ts';

test('each problem is logged once until it is gone', async (t) => {
  const log = new RecordingLog();
  const complaints = new Complaints('files', log);
  complaints.report([]);
  t.same(log.lines, []);
  complaints.report(['a']);
  complaints.report(['a']);
  complaints.report(['a', 'b']);
  complaints.report(['b']);
  t.same(log.messages('error'), ['a; its last good state is served', 'b; its last good state is served']);
  t.same(log.messages('info'), []);
  complaints.report([]);
  complaints.report([]);
  t.same(log.messages('info'), ['the local secrets are read again']);
  complaints.report(['a']);
  t.equal(log.messages('error').length, 3);
  t.same(log.lines[0]?.fields, { provider: 'files' });
});
