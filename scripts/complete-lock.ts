// Adds to package-lock.json the optional packages of other platforms that `npm install` left out. npm drops those that
// the registry at hand does not carry, and `npm ci` then refuses the lock file, on every platform. Run it after
// `npm install`. Entries that are added so have no integrity: there was nothing to take it from.
import { readFile, writeFile } from 'node:fs/promises';

interface Entry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly dev?: boolean;
  readonly optional?: boolean;
}

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm64', 'arm', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

const lock: { packages: Record<string, Entry> } = JSON.parse(await readFile('package-lock.json', 'utf8'));
const missing = Object.values(lock.packages)
  .flatMap(({ optionalDependencies = {} }) => Object.entries(optionalDependencies))
  .filter(([name]) => lock.packages[`node_modules/${name}`] === undefined);
for (const [name, version] of missing) {
  const words = name.split(/[/-]/);
  lock.packages[`node_modules/${name}`] = {
    version,
    os: systems.filter((word) => words.includes(word)),
    cpu: processors.filter((word) => words.includes(word)),
    ...(name.includes('musl') && { libc: ['musl'] }),
    dev: true,
    optional: true,
  };
}
const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile('package-lock.json', `${JSON.stringify({ ...lock, packages: sorted }, undefined, 2)}\n`);
console.log(`${missing.length} packages added`);
