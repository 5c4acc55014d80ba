import type { SimulationLogEntry } from '../core/simulation-control.ts';
import type { TestFaults, TestKeyfob, TestKeyfobOptions, TestLogFilter, TestSecret } from './test-keyfob.ts';

const LOG_LIMIT = 10_000;

/** Drives the simulation of a daemon over HTTP. */
export class TestClient implements TestKeyfob {
  readonly url: string;
  readonly #end: () => Promise<void>;

  /** @param address host and port */
  constructor(address: string, end: () => Promise<void>) {
    this.url = `http://${address}`;
    this.#end = end;
  }

  async putAll(secrets: NonNullable<TestKeyfobOptions['secrets']>): Promise<void> {
    for (const [path, secret] of Object.entries(secrets)) await this.put(path, secret);
  }

  async put(path: string, secret: TestSecret, stages: readonly string[] = ['current']): Promise<string> {
    const { version } = await this.#send('PUT', toTarget(path), { ...toBody(secret), stages });
    return String(version);
  }

  async moveStages(path: string, version: string, stages: readonly string[]): Promise<void> {
    await this.#send('PUT', toTarget(path), { version, stages });
  }

  async delete(path: string): Promise<void> {
    await this.#send('DELETE', toTarget(path));
  }

  async setFaults(faults: TestFaults): Promise<void> {
    await this.#send('PUT', 'faults', faults);
  }

  async log(filter: TestLogFilter = {}): Promise<readonly SimulationLogEntry[]> {
    const query = new URLSearchParams({ limit: String(LOG_LIMIT) });
    for (const [name, value] of Object.entries(filter)) query.set(name, String(value));
    return parseEntries(await this.#send('GET', `log?${query.toString()}`));
  }

  async clearLog(): Promise<void> {
    await this.#send('DELETE', 'log');
  }

  stop(): Promise<void> {
    return this.#end();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #send(method: string, target: string, body?: object): Promise<Readonly<Record<string, unknown>>> {
    const answer = await fetch(`${this.url}/v1/simulation/${target}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json: unknown = text === '' ? {} : JSON.parse(text);
    if (answer.ok) return Object(json);
    const { code, detail } = Object(json);
    throw new Error(`${method} ${target}: ${detail} (${code})`);
  }
}

const toTarget = (path: string): string => `secrets/${path.split('/').map(encodeURIComponent).join('/')}`;

function toBody(secret: TestSecret): { readonly value: string; readonly encoding: 'utf8' | 'base64' } {
  if (secret instanceof Uint8Array) return { value: Buffer.from(secret).toString('base64'), encoding: 'base64' };
  return { value: typeof secret === 'string' ? secret : JSON.stringify(secret), encoding: 'utf8' };
}

/** The contract says what they are, but for their dates, which JSON does not have. */
function parseEntries({ entries }: Readonly<Record<string, unknown>>): readonly SimulationLogEntry[] {
  return (entries as readonly SimulationLogEntry[]).map((entry) => ({ ...entry, at: new Date(entry.at) }));
}
