import { ConfigurationError } from '../core/errors/configuration-error.ts';
import type { Environment } from '../core/environment.ts';
import { Redacted } from '../core/redacted.ts';
import type { TlsFiles } from '../transport/tls-options.ts';
import { readEndpoint } from './trace-endpoint.ts';
import { TraceVariables } from './trace-variables.ts';

export const samplers = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** Where spans go, and how. */
export interface TraceSettings {
  readonly url: URL;
  readonly encoding: 'protobuf' | 'json';
  /** Names in lower case. The values may be credentials. */
  readonly headers: ReadonlyMap<string, Redacted>;
  readonly tls: TlsFiles;
  readonly isCompressed: boolean;
  /** Of one delivery, all attempts included. */
  readonly timeoutMs: number;
  readonly sampler: (typeof samplers)[number];
  /** 0 to 1. */
  readonly ratio: number;
  readonly batch: BatchSettings;
  /** What the spans are of, `service.name` among it. */
  readonly resource: Readonly<Record<string, string>>;
}

/** What waits for its delivery. */
export interface BatchSettings {
  readonly delayMs: number;
  readonly maxQueued: number;
  readonly maxSize: number;
}

const PREFIX = 'OTEL_EXPORTER_OTLP_';
const both = (name: string): readonly string[] => [`${PREFIX}TRACES_${name}`, `${PREFIX}${name}`];

/**
 * What the standard variables of OpenTelemetry ask for
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and .../protocol/exporter/).
 * @returns undefined when no traces are wanted: no endpoint is set, or they are switched off
 * @throws ConfigurationError with everything that is wrong
 */
export function readTraceSettings(env: Environment): TraceSettings | undefined {
  const variables = new TraceVariables(env);
  const endpoint = variables.firstOf(...both('ENDPOINT'));
  if (endpoint === undefined || variables.text('OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return undefined;
  if (variables.choice(['OTEL_TRACES_EXPORTER'], ['otlp', 'none']) === 'none') return undefined;
  const url = readEndpoint(variables, endpoint, endpoint.name === `${PREFIX}ENDPOINT`);
  const settings = {
    encoding: readEncoding(variables),
    headers: readHeaders(variables),
    tls: readTls(variables),
    isCompressed: variables.choice(both('COMPRESSION'), ['gzip', 'none']) === 'gzip',
    timeoutMs: Math.min(variables.count(both('TIMEOUT'), 10_000), variables.count(['OTEL_BSP_EXPORT_TIMEOUT'], 30_000)),
    sampler: variables.choice(['OTEL_TRACES_SAMPLER'], samplers) ?? 'parentbased_always_on',
    ratio: readRatio(variables),
    batch: readBatch(variables),
    resource: readResource(variables),
  };
  if (url === undefined || variables.problems.length > 0)
    throw new ConfigurationError('InvalidProvider', variables.problems.join('\n'));
  return { url, ...settings };
}

function readEncoding(variables: TraceVariables): TraceSettings['encoding'] {
  const given = variables.firstOf(...both('PROTOCOL'));
  if (given?.value === 'grpc') {
    variables.wrong(
      given.name,
      'asks for grpc, which is not spoken here: take http/protobuf (the default, on port 4318 of most collectors) or http/json',
    );
  } else if (given !== undefined) variables.choice([given.name], ['http/protobuf', 'http/json']);
  return given?.value === 'http/json' ? 'json' : 'protobuf';
}

// RFC 9110 §5.6.2 and §5.5.
const HEADER_NAME = /^[\w!#$%&'*+.^`|~-]+$/;
const HEADER_VALUE = /^[\t\u{20}-\u{7e}\u{80}-\u{ff}]*$/u;

function readHeaders(variables: TraceVariables): ReadonlyMap<string, Redacted> {
  const headers = new Map<string, Redacted>();
  for (const name of both('HEADERS').toReversed()) {
    for (const [key, value] of variables.pairs(name)) {
      if (HEADER_NAME.test(key) && HEADER_VALUE.test(value)) headers.set(key.toLowerCase(), new Redacted(value));
      else variables.wrong(name, 'holds what cannot be a header of HTTP');
    }
  }
  return headers;
}

function readTls(variables: TraceVariables): TlsFiles {
  const [ca, cert, key] = ['CERTIFICATE', 'CLIENT_CERTIFICATE', 'CLIENT_KEY'].map(
    (name) => variables.firstOf(...both(name))?.value,
  );
  if ((cert === undefined) !== (key === undefined))
    variables.wrong(`${PREFIX}CLIENT_CERTIFICATE`, `and ${PREFIX}CLIENT_KEY are needed both, or neither`);
  return { ...(ca !== undefined && { ca }), ...(cert !== undefined && { cert }), ...(key !== undefined && { key }) };
}

function readRatio(variables: TraceVariables): number {
  const name = 'OTEL_TRACES_SAMPLER_ARG';
  const text = variables.text(name);
  if (text === undefined || variables.text('OTEL_TRACES_SAMPLER')?.endsWith('ratio') !== true) return 1;
  const ratio = /^\d*\.?\d+(?:e-?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
  if (ratio >= 0 && ratio <= 1) return ratio;
  variables.wrong(name, 'has to be a number from 0 to 1');
  return 1;
}

function readBatch(variables: TraceVariables): BatchSettings {
  const maxQueued = variables.count(['OTEL_BSP_MAX_QUEUE_SIZE'], 2_048);
  const maxSize = variables.count(['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'], Math.min(512, maxQueued));
  if (maxSize > maxQueued)
    variables.wrong('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'is larger than OTEL_BSP_MAX_QUEUE_SIZE, 2048 by default');
  return { delayMs: variables.count(['OTEL_BSP_SCHEDULE_DELAY'], 5_000), maxQueued, maxSize };
}

function readResource(variables: TraceVariables): Readonly<Record<string, string>> {
  const given = Object.fromEntries(variables.pairs('OTEL_RESOURCE_ATTRIBUTES'));
  const name = variables.text('OTEL_SERVICE_NAME');
  return { 'service.name': 'keyfob', ...given, ...(name !== undefined && { 'service.name': name }) };
}
