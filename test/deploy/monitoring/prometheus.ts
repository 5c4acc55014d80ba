import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { installPrometheus } from '../../../scripts/install-prometheus.ts';
import { freePort } from '../../free-port.ts';
import { type Scope, temporaryDirectory } from '../../e2e/temporary-directory.ts';
import { until } from '../../e2e/until.ts';

// Far below what is usual: a day of faults takes seconds here.
const INTERVAL = '500ms';

/** A daemon that is scraped. */
export interface Target {
  readonly pod: string;
  readonly port: number;
}

/** One series of an answer, with its newest value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Envelope {
  readonly status: string;
  readonly error?: string;
  readonly data: unknown;
}

/** A Prometheus with the rules of the chart, on loopback. */
export class Prometheus {
  readonly #origin: string;

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** What an expression says now. @throws Error when it is none. */
  async query(expr: string): Promise<readonly Sample[]> {
    const { result } = Object(await this.#ask('query', { query: expr }));
    return Array.from(result, (row) => {
      const { metric, value } = Object(row);
      return { metric, value: Number(value[1]) };
    });
  }

  /** The values of a label among the series of a selector. */
  async labelValues(label: string, match: string): Promise<readonly unknown[]> {
    return Array.from(Object(await this.#ask(`label/${label}/values`, { 'match[]': match })));
  }

  /** Names of the alerts that have been there, whether they would have called yet or not. */
  async alertsSoFar(): Promise<readonly string[]> {
    const rows = await this.query('count by (alertname) (count_over_time(ALERTS[1h]))');
    return rows.map(({ metric: { alertname = '' } }) => alertname).toSorted();
  }

  /** The summaries of the alerts that are there now, and what is wrong with the rules. */
  async rules(): Promise<{ readonly summaries: readonly string[]; readonly errors: readonly unknown[] }> {
    const { groups } = Object(await this.#ask('rules', {}));
    const rules = Array.from(groups, (group) => Array.from(Object(group).rules, Object)).flat();
    const alerts = rules.flatMap(({ alerts = [] }) => Array.from(alerts, Object));
    return {
      summaries: alerts.map(({ annotations }) => String(annotations.summary)),
      errors: rules.flatMap(({ lastError = '' }) => (lastError === '' ? [] : [lastError])),
    };
  }

  async #ask(what: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await fetch(`${this.#origin}/api/v1/${what}?${new URLSearchParams(parameters).toString()}`);
    const { status, error, data }: Envelope = JSON.parse(await response.text());
    if (status !== 'success') throw new Error(`Prometheus says: ${error}: ${JSON.stringify(parameters)}`);
    return data;
  }
}

/** Starts one that is ready; it ends with its scope. The labels of a target are those that a PodMonitor gives. */
export async function startPrometheus(scope: Scope, targets: readonly Target[]): Promise<Prometheus> {
  const { server } = await installPrometheus();
  const folder = await temporaryDirectory(scope);
  const config = {
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: [resolve('helm/keyfob/files/rules.yaml')],
    scrape_configs: [
      {
        job_name: 'shop/keyfob',
        static_configs: targets.map(({ pod, port }) => ({
          targets: [`127.0.0.1:${port}`],
          labels: { namespace: 'shop', pod, container: 'keyfob' },
        })),
      },
    ],
  };
  const configFile = join(folder, 'prometheus.yml');
  // JSON is YAML.
  await writeFile(configFile, JSON.stringify(config));
  const address = `127.0.0.1:${await freePort()}`;
  const options = [`--config.file=${configFile}`, `--storage.tsdb.path=${folder}/data`, '--log.level=error'];
  const child = spawn(server, [...options, `--web.listen-address=${address}`], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  scope.teardown(() => child.kill('SIGKILL'));
  await until('Prometheus is ready', async () => {
    if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}`);
    return fetch(`http://${address}/-/ready`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  });
  return new Prometheus(`http://${address}`);
}
