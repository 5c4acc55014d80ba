import { installAwsEmulators } from '../../scripts/install-backends.ts';
import { askAws, type TestKeys } from './aws-call.ts';
import { startPythonServer, type PythonServer } from './python-server.ts';

const ANYBODY: TestKeys = { id: 'AKIAANYBODY00000000', secret: 'anything' };

/** moto: every service of AWS on one port. Any region exists, so that each test has a store of its own. */
export class Moto {
  readonly #server: PythonServer;
  #admin = ANYBODY;
  #users = 0;

  constructor(server: PythonServer) {
    this.#server = server;
  }

  get address(): string {
    return this.#server.address;
  }

  /** May do everything, checked or not. */
  get admin(): TestKeys {
    return this.#admin;
  }

  /** Keys of a new user who may do these actions. */
  async createUser(actions: readonly string[]): Promise<TestKeys> {
    const UserName = `user-${++this.#users}`;
    const PolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
    });
    await this.#iam({ Action: 'CreateUser', UserName });
    await this.#iam({ Action: 'PutUserPolicy', UserName, PolicyName: 'app', PolicyDocument });
    const answer = await this.#iam({ Action: 'CreateAccessKey', UserName });
    return { id: textIn(answer, 'AccessKeyId'), secret: textIn(answer, 'SecretAccessKey') };
  }

  /** From now on signatures and policies count. */
  async enforce(): Promise<void> {
    this.#admin = await this.createUser(['*']);
    // With another content type the call fails and nothing is checked from then on.
    const headers = { 'content-type': 'text/plain' };
    const answer = await fetch(`${this.address}/moto-api/reset-auth`, { method: 'POST', headers, body: '0' });
    if (answer.status !== 200) throw new Error(`moto does not check signatures: ${answer.status}`);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }

  async #iam(fields: Readonly<Record<string, string>>): Promise<string> {
    // moto parses the form and spells it anew before it checks the signature, in Python's way.
    const body = new URLSearchParams({ Version: '2010-05-08', ...fields }).toString().replaceAll('*', '%2A');
    const call = { address: this.address, service: 'iam', region: 'us-east-1', keys: this.#admin };
    const { status, text } = await askAws({ ...call, body });
    if (status !== 200) throw new Error(`moto answered ${status} to ${fields['Action']}: ${text}`);
    return text;
  }
}

const textIn = (xml: string, element: string): string =>
  new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';

/** @param port of a server that was there before, to take its place. */
export async function startMoto(port?: number): Promise<Moto> {
  const server = await startPythonServer(
    {
      packages: await installAwsEmulators(),
      args: (free) => ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(free)],
      env: () => ({ MOTO_ALLOW_NONEXISTENT_REGION: 'true' }),
      healthPath: '/moto-api/',
    },
    port,
  );
  return new Moto(server);
}
