import { loadConfig } from '../config/load-config.ts';
import { Daemon } from '../daemon.ts';
import { providerKinds } from '../providers/registry.ts';
import { TestClient } from './test-client.ts';
import type { TestKeyfob, TestKeyfobOptions } from './test-keyfob.ts';
import { testSettings } from './test-settings.ts';

/**
 * Starts a daemon in this process: quick, and its errors come with a stack.
 * @throws ConfigurationError for a configuration that is wrong
 */
export async function startKeyfob(options: TestKeyfobOptions = {}): Promise<TestKeyfob> {
  const { config } = loadConfig({ file: 'the options of the test', text: testSettings(options) }, providerKinds);
  const daemon = new Daemon(config, providerKinds);
  const [address = ''] = await daemon.start(config);
  let stopped: Promise<unknown> | undefined;
  const keyfob = new TestClient(address, async () => void (await (stopped ??= daemon.stop())));
  await keyfob.putAll(options.secrets ?? {});
  return keyfob;
}
