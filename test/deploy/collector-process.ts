import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installGoProgram } from '../../scripts/install-go-program.ts';
import { type Scope, temporaryDirectory } from '../e2e/temporary-directory.ts';
import { until } from '../e2e/until.ts';
import type { CertificateFiles } from '../fakes/make-certificate.ts';
import { freePort } from '../free-port.ts';

/** A collector with the real receiver of OTLP, which prints all that it understands. */
export interface Collector {
  readonly port: number;
  readonly output: () => string;
}

export interface CollectorOptions {
  /** Its certificate; whoever connects has to show the same. */
  readonly certificate: CertificateFiles;
}

/** Starts one that is ready; it ends with its scope. */
export async function startCollector(scope: Scope, { certificate }: CollectorOptions): Promise<Collector> {
  const [program, folder, port] = [
    await installGoProgram('collector'),
    await temporaryDirectory(scope),
    await freePort(),
  ];
  const tls = { cert_file: certificate.cert, key_file: certificate.key, client_ca_file: certificate.cert };
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}`, tls } } } },
    exporters: { debug: { verbosity: 'detailed', sampling_initial: 1_000_000 } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { traces: { receivers: ['otlp'], exporters: ['debug'] } },
    },
  };
  const file = join(folder, 'collector.yaml');
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  const child = spawn(program, ['--config', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  scope.teardown(() => child.kill('SIGKILL'));
  let output = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output += text));
  await until('the collector is ready', () => {
    if (child.exitCode !== null) throw new Error(`the collector ended: ${output}`);
    return output.includes('Everything is ready') || undefined;
  });
  return { port, output: () => output };
}
