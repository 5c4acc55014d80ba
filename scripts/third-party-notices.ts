// The licences of the packages that a bundle holds, as most of them ask for when they are passed on.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BundledPackage } from './bundled-packages.ts';

export async function thirdPartyNotices(packages: readonly BundledPackage[]): Promise<string> {
  const notices = await Promise.all(packages.map(noticeOf));
  return `This software contains the packages below, each under its own licence.\n\n${notices.join('\n')}`;
}

async function noticeOf({ folder, name, version, license }: BundledPackage): Promise<string> {
  const files = await Array.fromAsync(glob('{licen[cs]e,notice,LICEN[CS]E,NOTICE}*', { cwd: folder }));
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  return [`## ${name} ${version} (${license})`, ...texts.map((text) => text.trim()), ''].join('\n\n');
}
