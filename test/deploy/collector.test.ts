import { temporaryDirectory } from '../e2e/temporary-directory.ts';
import { startDaemon } from '../e2e/daemon.ts';
import { localConfig, secretsFile } from '../e2e/local-secrets.ts';
import { shopSecrets } from '../e2e/shop-secrets.ts';
import { until } from '../e2e/until.ts';
import { makeCertificate } from '../fakes/make-certificate.ts';
import { startCollector } from './collector-process.ts';
import { collectorTest } from './deploy-test.ts';

const [TRACE, PARENT] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

/** Fields and attributes of the spans that a collector has printed, by their names. */
function spansOf(output: string): readonly ReadonlyMap<string, string>[] {
  return output
    .split(/^Span #\d+$/m)
    .slice(1)
    .map((block) => {
      const fields = block.matchAll(/^ +(?:-> )?([\w. ]+?) *: (.+)$/gm);
      return new Map(Array.from(fields, ([, name = '', value = '']) => [name, value]));
    });
}

await collectorTest('a collector of OpenTelemetry takes what is sent, and both show their certificates', async (t) => {
  const certificate = await makeCertificate(await temporaryDirectory(t), 'collector', 'DNS:localhost,IP:127.0.0.1');
  const collector = await startCollector(t, { certificate });
  const config = localConfig(await secretsFile(t, shopSecrets));
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: `https://localhost:${collector.port}`,
    OTEL_EXPORTER_OTLP_CERTIFICATE: certificate.cert,
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: certificate.cert,
    OTEL_EXPORTER_OTLP_CLIENT_KEY: certificate.key,
    OTEL_BSP_SCHEDULE_DELAY: '10',
  };
  for (const more of [
    { OTEL_SERVICE_NAME: 'in-protobuf' },
    { OTEL_SERVICE_NAME: 'in-json', OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip' },
  ]) {
    const before = collector.output().length;
    const daemon = await startDaemon(t, { config, env: { ...env, ...more } });
    await daemon.http().get('/v1/secrets/db/creds', { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'a=b' });
    await daemon.http().get('/v1/secrets/no/such', { traceparent: `00-${TRACE}-${PARENT}-01` });
    t.strictSame(await daemon.stop(), { code: 0, signal: null });
    const printed = (): string => collector.output().slice(before);
    const spans = await until('both are printed', () => {
      const found = spansOf(printed()).filter((span) => span.get('Name') === 'secrets.get');
      return found.length === 2 ? found : undefined;
    });
    t.match(printed(), `-> service.name: Str(${more.OTEL_SERVICE_NAME})`);
    t.match(
      spans.map((span) => Object.fromEntries(span)),
      [
        {
          'Trace ID': TRACE,
          'Parent ID': PARENT,
          TraceState: 'a=b',
          Kind: 'Server',
          'Status code': 'Unset',
          secret_path: 'Str(db/creds)',
          provider: 'Str(files)',
          version: 'Str(2)',
          cached: 'Bool(false)',
        },
        {
          'Trace ID': TRACE,
          'Status code': 'Error',
          'Status message': 'SecretNotFoundError SecretDoesNotExist',
          'error.type': 'Str(SecretDoesNotExist)',
        },
      ],
    );
    t.match(
      spansOf(printed())
        .filter((span) => span.get('Kind') === 'Client')
        .map((span) => Object.fromEntries(span)),
      [
        { Name: 'secrets.provider.get', attempt: 'Int(1)', 'Parent ID': spans[0]?.get('ID') },
        { Name: 'secrets.provider.get', 'Parent ID': spans[1]?.get('ID') },
      ],
    );
    t.notMatch(daemon.stderr, 'traces cannot be delivered');
  }
});
