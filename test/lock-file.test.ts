import { readFileSync } from 'node:fs';
import { test } from 'tap';

interface Entry {
  readonly resolved?: string;
  readonly link?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages }: { packages: Record<string, Entry> } = JSON.parse(readFileSync('package-lock.json', 'utf8'));

test('the lock file has the packages of every platform, for npm ci refuses it otherwise', (t) => {
  const wanted = Object.values(packages).flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies));
  t.ok(wanted.length > 20);
  t.same(
    wanted.filter((name) => packages[`node_modules/${name}`] === undefined),
    [],
    "run 'node scripts/complete-lock.ts'",
  );
  t.end();
});

test('the lock file names no registry', (t) => {
  t.same(
    Object.entries(packages).filter(([, { resolved, link }]) => resolved !== undefined && link !== true),
    [],
  );
  t.end();
});
