import type { Environment } from '../core/environment.ts';
import { isExposed } from '../core/endpoint-problem.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { readTlsFiles } from '../transport/tls-options.ts';
import { version } from '../version.ts';
import { shownEndpoint } from './trace-endpoint.ts';
import { readTraceSettings, type TraceSettings } from './trace-settings.ts';
import type { OpenTracing } from './tracing.ts';

/**
 * What makes traces, where the environment asks for them; else undefined, and nothing of it is loaded.
 * @throws ConfigurationError for variables that are wrong
 */
export async function loadTracing(env: Environment): Promise<OpenTracing | undefined> {
  const settings = await readCheckedSettings(env);
  if (settings === undefined) return undefined;
  const { openTracing } = await import('./open-tracing.ts');
  return (around) => {
    if (settings.headers.size > 0 && isExposed(settings.url))
      around.log.warn({}, 'OTEL_EXPORTER_OTLP_HEADERS: credentials for traces travel unencrypted');
    return openTracing({ ...around, settings, version });
  };
}

/**
 * Where traces go, without what may be secret in it; undefined where they go nowhere.
 * @throws ConfigurationError for variables that are wrong
 */
export async function checkTracing(env: Environment): Promise<string | undefined> {
  const settings = await readCheckedSettings(env);
  if (settings === undefined) return undefined;
  return `${shownEndpoint(settings.url)} (${settings.encoding === 'json' ? 'http/json' : 'http/protobuf'})`;
}

/** The settings, and their files can be read. */
async function readCheckedSettings(env: Environment): Promise<TraceSettings | undefined> {
  const settings = readTraceSettings(env);
  if (settings === undefined) return undefined;
  try {
    await readTlsFiles(settings.tls);
    return settings;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(
      error.code,
      `OTEL_EXPORTER_OTLP_CERTIFICATE, _CLIENT_CERTIFICATE or _CLIENT_KEY: ${error.message}`,
    );
  }
}
