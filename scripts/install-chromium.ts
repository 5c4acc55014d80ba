// Finds Chromium for the tests of pages in a browser, and installs the Debian package where it is missing and we may.
import { exists, installDebian } from './install-debian.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/**
 * The browser's program.
 * @throws MissingTool, Error as `installDebian` does.
 */
export const installChromium = (): Promise<string> => installDebian('Chromium', ['chromium'], findChromium);

async function findChromium(): Promise<string | undefined> {
  for (const place of PLACES) if (await exists(place)) return place;
  return undefined;
}

if (import.meta.main) process.stdout.write(`chromium: ${await installChromium()}\n`);
