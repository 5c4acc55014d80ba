import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { installSystemdAnalyze } from '../../scripts/install-deploy-tools.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { systemdTest } from './deploy-test.ts';
import { runTool } from './run-tool.ts';

const UNIT = 'deploy/systemd/keyfob.service';
const PROGRAM = '/usr/local/bin/keyfob';
// Of 100, where less is safer; systemd calls 20 and more "medium".
const MOST_EXPOSED = 15;

await systemdTest('the unit has no mistake, and systemd finds one in another', async (t) => {
  const [analyze, folder] = [await installSystemdAnalyze(), await temporaryDirectory(t)];
  const verify = async (text: string): Promise<string> => {
    const unit = join(folder, 'keyfob.service');
    // It looks for the program, which is not installed here.
    await writeFile(unit, text.replace(PROGRAM, process.execPath));
    const { code, stderr } = await runTool(analyze, ['verify', '--man=no', unit]);
    return code === 0 && stderr === '' ? 'fine' : stderr;
  };
  const unit = await readFile(UNIT, 'utf8');
  t.equal(await verify(unit), 'fine');
  t.match(await verify(unit.replace('ProtectHome=yes', 'ProtectHome=maybe')), /protect home value/);
});

await systemdTest('the unit exposes next to nothing', async (t) => {
  const analyze = await installSystemdAnalyze();
  const args = ['security', '--offline=true', `--threshold=${MOST_EXPOSED}`, UNIT];
  const { code, stdout } = await runTool(analyze, args);
  t.equal(code, 0, stdout);
});

void test('who follows the page has every file that the unit wants', async (t) => {
  const wanted = [...(await readFile(UNIT, 'utf8')).matchAll(/^LoadCredential=[^:]+:(\S+)$/gm)].map(([, file]) => file);
  const [before = ''] = (await readFile('docs/systemd.md', 'utf8')).split('enable --now');
  t.equal(wanted.length, 3);
  for (const file of wanted) t.match(before, new RegExp(` ${file}\\s`));
});
