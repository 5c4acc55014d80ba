import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Scope, temporaryDirectory } from '../../e2e/temporary-directory.ts';
import { mustRun, runTool, type ToolRun } from '../run-tool.ts';
import type { Image } from './build-image.ts';
import { seccompProfile } from './seccomp-profile.ts';

export interface ContainerOptions {
  readonly image: Image;
  /** Folder that becomes /etc/keyfob. */
  readonly settings: string;
  readonly memoryBytes: number;
  /** Which system calls it may make, in the terms of runc; the default filter of container engines unless given. */
  readonly filter?: object;
}

/** The image in a container, as restricted as the Pod Security Standard of that name wants it. */
export class Container {
  readonly name: string;
  readonly exited: Promise<number | null>;
  stderr = '';
  readonly #child: ChildProcess;

  constructor(name: string, child: ChildProcess) {
    this.name = name;
    this.#child = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.exited = once(child, 'close').then(() => child.exitCode);
  }

  get hasExited(): boolean {
    return this.#child.exitCode !== null;
  }

  /** Runs a program in it. */
  exec(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ToolRun> {
    const settings = Object.entries(env).map(([name, value]) => `--env=${name}=${value}`);
    return runTool('runc', ['exec', ...settings, this.name, ...command]);
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    await mustRun('runc', ['kill', this.name, signal]);
  }

  /** The machine's number of its first process. */
  async processId(): Promise<number> {
    const state: { pid: number } = JSON.parse(await mustRun('runc', ['state', this.name]));
    return state.pid;
  }
}

/** Starts the image's own command; the container goes with the test. */
export async function startContainer(scope: Scope, options: ContainerOptions): Promise<Container> {
  const bundle = await temporaryDirectory(scope);
  await writeFile(join(bundle, 'config.json'), JSON.stringify(await runtimeConfig(options)));
  const name = `keyfob-test-${process.pid}`;
  const child = spawn(
    '/usr/bin/env',
    ['-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'runc', 'run', '--bundle', bundle, name],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  const container = new Container(name, child);
  scope.teardown(async () => {
    await runTool('runc', ['delete', '--force', name]);
    await container.exited;
  });
  return container;
}

/** @see https://github.com/opencontainers/runtime-spec/blob/main/config.md */
async function runtimeConfig({ image, settings, memoryBytes, filter }: ContainerOptions): Promise<object> {
  const { config, userId: uid, groupId: gid } = image;
  await mkdir(join(image.root, 'etc', 'keyfob'), { recursive: true });
  return {
    ociVersion: '1.0.2',
    root: { path: image.root, readonly: true },
    process: {
      user: { uid, gid },
      args: [...config.Entrypoint, ...config.Cmd],
      env: config.Env,
      cwd: '/',
      capabilities: {},
      noNewPrivileges: true,
    },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: ['nosuid', 'noexec', 'nodev', 'ro'] },
      { destination: '/etc/keyfob', type: 'bind', source: settings, options: ['bind', 'ro'] },
    ],
    linux: {
      // No swap, as a pod has none.
      resources: { memory: { limit: memoryBytes, swap: memoryBytes } },
      // That of the network stays out, so that the test reaches the daemon's loopback, as a container of its pod does.
      namespaces: ['pid', 'ipc', 'uts', 'mount', 'cgroup'].map((type) => ({ type })),
      seccomp: filter ?? (await seccompProfile()),
      maskedPaths: ['/proc/kcore', '/proc/keys', '/proc/timer_list', '/sys/firmware'],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
    },
  };
}
