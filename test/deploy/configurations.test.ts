import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'tap';
import { runBundle } from '../e2e/bundle.ts';
import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { deployTest } from './deploy-test.ts';
import { buildOverlay, containerNamed, overlays } from './overlay.ts';

await deployTest("every overlay's configuration is valid in the environment of its container", async (t) => {
  const folder = await temporaryDirectory(t);
  for (const name of overlays) {
    const { config, pod } = await buildOverlay(name);
    const file = join(folder, `${name}.yaml`);
    await writeFile(file, config);
    const env = containerNamed(pod, 'keyfob').env ?? [];
    const settings = Object.fromEntries(env.map((variable) => [variable.name, variable.value ?? '']));
    const { code, stderr } = await runBundle(['check', '--config', file], settings);
    t.equal(stderr, '', name);
    t.equal(code, 0, name);
  }
});

void test('so are those of Compose and systemd', async (t) => {
  for (const folder of ['compose', 'systemd']) {
    const { code, stderr } = await runBundle(['check', '--config', `deploy/${folder}/keyfob.yaml`]);
    t.equal(stderr, '', folder);
    t.equal(code, 0, folder);
  }
});
