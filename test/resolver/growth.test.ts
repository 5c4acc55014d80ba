import { test } from 'tap';
import { type Format, parsers } from '../../src/resolver/documents/formats.ts';
import { Turns } from '../../src/resolver/turns.ts';

const LENGTH = 1_048_576;
const clock = { monotonicMs: () => performance.now() };

/** Text that repeats a part up to a length. */
const filled = (part: string, length: number): string => part.repeat(Math.ceil(length / part.length)).slice(0, length);

/** What is worst for a scanner, each with the format in which it is that. */
const rows: readonly (readonly [name: string, format: Format, part: string])[] = [
  ['openings', 'text', '{{secret:'],
  ['openings that are escaped', 'text', '\\{{secret:'],
  ['almost closings', 'text', '{{secret:a}'],
  ['the anchor alone', 'text', 'secret:'],
  ['separators', 'text', '{{secret:#@|%'],
  ['open braces', 'text', '{{${'],
  ['references', 'text', `{{secret:a/b#c@3|url}}${'x'.repeat(82)}`],
  ['strings in JSON', 'json', '"{{secret:a}}",'],
  ['escapes in JSON', 'json', '"\\\\\\u007b{{secret:a}}",'],
  ['lists in YAML', 'yaml', '- "{{secret:a}}" # x\n'],
  ['one line of YAML', 'yaml', '\\\\\\{{secret:a}}'],
  ['backslashes in YAML', 'yaml', '\\\\\\\\\\{{secret:'],
  ['variables', 'env', 'A="{{secret:a}}" # x\n'],
  ['quotes in .env', 'env', "A='{{secret:a}}\n"],
  ['one long reference', 'text', '|url%41'],
];

const toDocument = (format: Format, part: string, length: number): string => {
  const body = filled(part, length);
  if (part.startsWith('|')) return `{{secret:a${body}}}`;
  if (format === 'json') return `[${body.slice(0, body.lastIndexOf(',') + 1)}1]`;
  return format === 'yaml' && !part.startsWith('-') ? `a: "${body}"` : body;
};

// Prints figures; only that each comes to an end is asserted. docs/references.md has some.
test('time grows with the length and no faster', async (t) => {
  for (const [name, format, part] of rows) {
    const figures: string[] = [];
    for (const length of [LENGTH / 4, LENGTH / 2, LENGTH]) {
      const text = toDocument(format, part, length);
      const started = process.cpuUsage();
      const outcome = await parsers[format](text, new Turns(clock)).then(
        ({ places, faults }) => places.length + faults.length,
        () => 'refused',
      );
      const { user, system } = process.cpuUsage(started);
      figures.push(`${((user + system) / 1_000).toFixed(0)} ms`);
      t.ok(outcome !== undefined);
    }
    t.comment(`${name} (${format}), 256 KiB, 512 KiB, 1 MiB: ${figures.join(', ')}`);
  }
});
