import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { type Environment, variable } from '../../core/environment.ts';

const SERVERLESS = ['CLOUD_RUN_JOB', 'FUNCTION_NAME', 'K_SERVICE', 'CLOUD_RUN_WORKER_POOL'];
const BIOS_VENDOR = '/sys/class/dmi/id/bios_vendor';
const GOOGLE_MAC = /^42:01/;

/** Whether this is a machine or function of Google's, by the same signs as Google's libraries see. */
export async function isGoogleHost(env: Environment): Promise<boolean> {
  if (SERVERLESS.some((name) => variable(env, name) !== undefined)) return true;
  const vendor = process.platform === 'linux' ? await readFile(BIOS_VENDOR, 'utf8').catch(() => '') : '';
  if (vendor.includes('Google')) return true;
  return Object.values(networkInterfaces()).some((list) => list?.some(({ mac }) => GOOGLE_MAC.test(mac)));
}
