import { glob, readFile } from 'node:fs/promises';
import { test } from 'tap';

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly object[];
  readonly hashes: readonly object[];
}

interface Bill {
  readonly components: readonly Component[];
  readonly metadata: { readonly component: object };
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
}

const read = (file: string): Promise<string> => readFile(new URL(`../${file}`, import.meta.url), 'utf8');
const bill: Bill = JSON.parse(await read('dist/sbom.cdx.json'));
const names = bill.components.map(({ name }) => name).sort();

test('the bill is CycloneDX, and each part of it is told apart and identified', async (t) => {
  const { version } = JSON.parse(await read('package.json'));
  t.match(bill, {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: { component: { type: 'application', name: 'keyfob', version, purl: `pkg:npm/keyfob@${version}` } },
  });
  for (const component of bill.components)
    t.match(component, {
      type: 'library',
      version: /^\d+\.\d+\.\d+/,
      purl: /^pkg:npm\/(?:%40[\w-]+\/)?[\w.-]+@\d/,
      licenses: [/* one at least */ {}],
      hashes: [{ alg: 'SHA-512', content: /^[\da-f]{128}$/ }],
    });
  const refs = bill.components.map(({ purl }) => purl);
  t.equal(new Set(refs).size, refs.length);
  t.same(bill.dependencies[0]?.dependsOn, refs);
});

test('it names what the bundle really holds: the sources of its source map', async (t) => {
  const { sources }: { sources: readonly string[] } = JSON.parse(await read('dist/keyfob.js.map'));
  const held = new Set(sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []));
  t.ok(held.size > 10);
  t.same([...new Set(names)], [...held].sort());
});

test('the review of the dependencies is of those that the sources import', async (t) => {
  const imported = new Set<string>();
  for await (const file of glob('src/**/*.ts')) {
    for (const [, name = ''] of (await readFile(file, 'utf8')).matchAll(/from '((?:@[\w-]+\/)?[\w.-]+)(?:\/[^']*)?'/g))
      if (!name.startsWith('.') && !name.startsWith('node:') && name !== 'node') imported.add(name);
  }
  const review = await read('docs/dependencies.md');
  const reviewed = [...review.matchAll(/^\| \[`([^`]+)`\]/gm)].map(([, name = '']) => name);
  t.same(reviewed, [...imported].sort());
  for (const name of imported) t.ok(names.includes(name), `${name} is in the bundle`);
});
