import { readFile } from 'node:fs/promises';
import { test } from 'tap';
import { createAwsIdentity } from '../../../src/credentials/aws/chain.ts';
import type { AwsIdentity } from '../../../src/credentials/aws/credentials.ts';
import { startMachine, type Machine } from './machine.ts';

const { signal } = new AbortController();

async function identityOf(machine: Machine, command: string, env: object = {}): Promise<AwsIdentity> {
  await machine.write('.aws/config', `[default]\ncredential_process = ${command}\n`);
  return createAwsIdentity(machine.options({ env: { ...machine.env, ...env }, allowExecutable: true }));
}

const answer = (key: string): string =>
  `'{"Version":1,"AccessKeyId":"'${key}'","SecretAccessKey":"s","Expiration":"2200-01-01T00:00:00Z"}'`;

test('the program has the environment that we were given, and no input to wait for', async (t) => {
  const machine = await startMachine(t);
  const identity = await identityOf(machine, `cat && echo ${answer('"$NAME"')}`, { NAME: 'AKIANAME' });
  const found = await identity.credentials(signal);
  t.equal(found.accessKeyId, 'AKIANAME');
  t.equal(found.expiresAt?.toISOString(), '2200-01-01T00:00:00.000Z');
  await identity.close();
});

test('what it writes is in no message', async (t) => {
  const machine = await startMachine(t);
  for (const command of ['echo canary; echo canary >&2; exit 1', 'head -c 100000 /dev/zero']) {
    const identity = await identityOf(machine, command);
    await t.rejects(identity.credentials(signal), {
      code: 'InvalidCredentials',
      message: "'credential_process' of profile 'default' failed",
      cause: undefined,
    });
    await identity.close();
  }
  t.notMatch(machine.log.text(), /canary/);
});

test('a program that hangs ends with the identity', async (t) => {
  const machine = await startMachine(t);
  const identity = await identityOf(machine, `echo $$ > ${machine.home}/pid; exec tail -f /dev/null`);
  const failing = t.rejects(identity.credentials(signal), { code: 'ProviderUnavailable' });
  const pid = await waitForPid(`${machine.home}/pid`);
  await identity.close();
  await failing;
  while (isAlive(pid)) await new Promise(setImmediate);
  t.notOk(isAlive(pid));
});

async function waitForPid(file: string): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(file, 'utf8').catch(() => ''));
    if (pid > 0) return pid;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
