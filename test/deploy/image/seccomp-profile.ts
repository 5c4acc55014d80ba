import { readFile } from 'node:fs/promises';

// The default of Podman and its kin, which buildah's package brings; that of Docker and containerd is much the same.
const FILE = '/usr/share/containers/seccomp.json';
const ARCHITECTURES = new Map([
  ['x64', ['amd64', 'SCMP_ARCH_X86_64']],
  ['arm64', ['arm64', 'SCMP_ARCH_AARCH64']],
]);
const [name = '', architecture = ''] = ARCHITECTURES.get(process.arch) ?? [];

/** The one of this machine, as filters name it. */
export const seccompArchitecture = architecture;

interface Rule {
  readonly names: readonly string[] | null;
  readonly action: string;
  readonly args: readonly object[];
  readonly errnoRet?: number;
  readonly includes: { readonly arches?: readonly string[]; readonly caps?: readonly string[] };
}

/** The default profile (`RuntimeDefault`) as it is for a container without capabilities, in the terms of runc. */
export async function seccompProfile(): Promise<object> {
  const profile: { defaultAction: string; defaultErrnoRet: number; syscalls: readonly Rule[] } = JSON.parse(
    await readFile(FILE, 'utf8'),
  );
  const rules = profile.syscalls.filter(
    ({ names, includes }) => names !== null && includes.caps === undefined && (includes.arches?.includes(name) ?? true),
  );
  return {
    defaultAction: profile.defaultAction,
    defaultErrnoRet: profile.defaultErrnoRet,
    architectures: [seccompArchitecture],
    syscalls: rules.map(({ names, action, args, errnoRet }) => ({ names, action, args, errnoRet })),
  };
}
