// The licences of the packages that a bundle holds, as most of them ask for when they are passed on.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param inputs paths of the files that went into the bundles */
export async function thirdPartyNotices(inputs: Iterable<string>): Promise<string> {
  const folders = new Set([...inputs].flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const notices = await Promise.all([...folders].sort().map(noticeOf));
  return `This software contains the packages below, each under its own licence.\n\n${notices.join('\n')}`;
}

async function noticeOf(folder: string): Promise<string> {
  const { name, version, license }: { name: string; version: string; license: string } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  );
  const files = await Array.fromAsync(glob('{licen[cs]e,notice,LICEN[CS]E,NOTICE}*', { cwd: folder }));
  const texts = await Promise.all(files.sort().map((file) => readFile(join(folder, file), 'utf8')));
  return [`## ${name} ${version} (${license})`, ...texts.map((text) => text.trim()), ''].join('\n\n');
}
