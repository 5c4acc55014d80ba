import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A package that a bundle holds at least a file of. */
export interface BundledPackage {
  /** Of its copy, as `node_modules/name`. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

/** @param inputs paths of the files that went into a bundle */
export async function bundledPackages(inputs: Iterable<string>): Promise<readonly BundledPackage[]> {
  const folders = new Set([...inputs].flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
  const packages = new Map<string, BundledPackage>();
  for (const folder of [...folders].sort()) {
    const { name, version, license }: Omit<BundledPackage, 'folder'> = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    );
    // Several copies of one version are one package.
    packages.set(`${name}@${version}`, { folder, name, version, license });
  }
  return [...packages.values()];
}
