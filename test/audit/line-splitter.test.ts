import * as fc from 'fast-check';
import { test } from 'tap';
import { LineSplitter } from '../../src/audit/line-splitter.ts';

test('however the bytes come, the lines are the same', async (t) => {
  const pieces = fc.array(fc.stringMatching(/^[a\n\u20ac]{0,9}$/));
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(pieces, (parts) => {
        const lines: string[] = [];
        const splitter = new LineSplitter((line) => lines.push(line.toString()));
        for (const part of parts) splitter.push(Buffer.from(part));
        const text = parts.join('');
        const isCut = lines.every((line) => line.indexOf('\n') === line.length - 1);
        return isCut && lines.join('') + splitter.rest.toString() === text && !splitter.rest.includes('\n');
      }),
    ),
  );
});
