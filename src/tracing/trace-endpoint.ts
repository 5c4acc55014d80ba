import type { TraceVariables } from './trace-variables.ts';

/**
 * An endpoint for traces is taken as it is; of one for every signal, traces have their own path below it
 * (https://opentelemetry.io/docs/specs/otel/protocol/exporter/#endpoint-urls-for-otlphttp).
 * @returns undefined when something is wrong with it
 */
export function readEndpoint(
  variables: TraceVariables,
  { name, value }: { readonly name: string; readonly value: string },
  isForEverySignal: boolean,
): URL | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    variables.wrong(name, "has to be an address such as 'http://localhost:4318'");
    return undefined;
  }
  if (url.username !== '' || url.password !== '') {
    variables.wrong(name, 'has a user or a password in it: credentials belong into OTEL_EXPORTER_OTLP_HEADERS');
    return undefined;
  }
  if (isForEverySignal) url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url;
}

/** Where spans go, as it may be shown: a query may hold a credential, a path a tenant. */
export const shownEndpoint = ({ origin }: URL): string => origin;
