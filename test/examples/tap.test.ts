import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'tap';

const root = resolve(import.meta.dirname, '../..');

test('the example for tap passes', async (t) => {
  const file = join(root, 'examples/testing/tap/greeting.test.mjs');
  // As a program of its own, without what this runner puts into its children.
  const { NODE_OPTIONS: _options, TAP: _tap, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, [file], { cwd: root, env });
  t.match(stdout, /# \{ total: 1, pass: 1 \}|ok 1 - greets/);
});
