// The software bill of materials of a bundle: what is really in it, not what the lock file could install.
import { readFile } from 'node:fs/promises';
import type { BundledPackage } from './bundled-packages.ts';

interface Product {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly integrity?: string }>>;
}

/** CycloneDX 1.6 as JSON: https://cyclonedx.org/docs/1.6/json/. Without a time stamp: the same sources give the same text. */
export async function billOfMaterials(product: Product, packages: readonly BundledPackage[]): Promise<string> {
  const lock: LockFile = JSON.parse(await readFile('package-lock.json', 'utf8'));
  const components = packages.map((each) => toComponent(each, lock.packages[each.folder]?.integrity));
  const root = purlOf(product);
  const bill = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        'bom-ref': root,
        type: 'application',
        name: product.name,
        version: product.version,
        purl: root,
        licenses: licensesOf(product),
      },
    },
    components,
    dependencies: [
      { ref: root, dependsOn: components.map(({ purl }) => purl) },
      ...components.map(({ purl: ref }) => ({ ref })),
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function toComponent(each: BundledPackage, integrity: string | undefined) {
  const purl = purlOf(each);
  const [, sha512] = /^sha512-(\S+)$/.exec(integrity ?? '') ?? [];
  if (sha512 === undefined) throw new Error(`the lock file has no SHA-512 of '${each.folder}'`);
  return {
    'bom-ref': purl,
    type: 'library',
    name: each.name,
    version: each.version,
    scope: 'required',
    purl,
    licenses: licensesOf(each),
    // Of the package as it was published.
    hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }],
  };
}

// https://github.com/package-url/purl-spec: the at sign of a scope is encoded.
const purlOf = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  `pkg:npm/${name.replace('@', '%40')}@${version}`;

/** One licence has an id of SPDX, several are an expression. */
const licensesOf = ({ license }: { readonly license: string }): readonly object[] =>
  /[ ()]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }];
