import { test } from 'tap';
import type { SurveyedFile } from '../../../src/providers/local/survey.ts';
import { warnWorldReadable } from '../../../src/providers/local/warn-world-readable.ts';
import { RecordingLog } from '../../contract/recording-log.ts';

const file = (name: string, mode: number): SurveyedFile => ({
  file: name,
  path: name,
  bytes: 0,
  mode,
  changedMs: 0,
  fingerprint: '',
});

test('one warning for all files', { skip: process.platform === 'win32' }, async (t) => {
  const log = new RecordingLog();
  warnWorldReadable([file('a', 0o100600), file('b', 0o100640)], 'files', log);
  t.same(log.lines, []);
  warnWorldReadable([file('a', 0o100600), file('b', 0o100644)], 'files', log);
  warnWorldReadable([file('a', 0o100604), file('b', 0o100644)], 'files', log);
  t.same(log.lines, [
    {
      level: 'warn',
      fields: { provider: 'files', files: 1 },
      message: "the local secrets file 'b' can be read by everyone",
    },
    {
      level: 'warn',
      fields: { provider: 'files', files: 2 },
      message: "the local secrets file 'a' and 1 more can be read by everyone",
    },
  ]);
});
