import { credentialSchema } from '../core/credential-setting.ts';
import { accessProperties, listener, listenerTls, socketMode } from './access-schema.ts';
import { closed, type NamedSchema, section, text } from './schema-parts.ts';
import { secretEventTypes } from '../core/secret-event.ts';
import { simulationSchema } from './simulation-schema.ts';

const amountOfTime = (fallback: string) => ({ duration: ['1ms', '24h'], default: fallback });
const count = (fallback: number, most: number) => ({ type: 'integer', minimum: 1, maximum: most, default: fallback });
/** Keys that every provider has. Those of its type are added by `providerSchema`. */
export const commonProviderProperties = {
  name: {
    type: 'string',
    pattern: '^[a-z0-9][a-z0-9-]*$',
    expected: 'a name of small letters, digits and hyphens',
  },
  type: text,
  attemptTimeout: amountOfTime('3s'),
};

/**
 * The configuration as data (design §12), with every default. `expected` ends the sentence "… must be"; the other
 * keywords of ours are in `value-rules.ts`.
 */
export function configSchema(types: readonly string[]): NamedSchema {
  const root = closed({
    listen: { type: 'array', minItems: 1, items: listener, default: ['127.0.0.1:8200'] },
    socket: section({ mode: { ...socketMode, default: '0660' }, group: text }),
    tls: listenerTls,
    hosts: { type: 'array', items: hostName, default: [] },
    ops: section({ listen: { type: 'array', items: { listenAddress: true }, default: [] } }),
    drain: { duration: ['0ms', '24h'], default: '5s' },
    environment: { pathPrefix: 'strict' },
    defaultProvider: text,
    providers: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: { ...commonProviderProperties, type: { enum: types } },
        required: ['name', 'type'],
      },
    },
    pathMappings: { type: 'array', items: pathMapping, default: [] },
    ...tuning,
    access: section(accessProperties),
    audit,
    notifications: section({ webhooks: { type: 'array', items: webhook, default: [] } }),
    log: section({ level: { enum: ['trace', 'debug', 'info', 'warn', 'error', 'silent'], default: 'info' } }),
    simulation: simulationSchema,
  });
  return { ...root, $id: `config/${types.join('+')}`, required: ['providers'] };
}

const hostName = {
  type: 'string',
  pattern: '^([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])$',
  expected: 'a host name or address without a port',
};

const pathMapping = {
  ...closed({
    pattern: { pathPattern: true },
    provider: {
      anyOf: [text, { type: 'array', minItems: 1, items: text, uniqueItems: true }],
      expected: 'the name of a provider, or a list of names in the order in which they are asked',
    },
    namespace: { pathPrefix: 'strict' },
    mount: { pathPrefix: 'strict' },
    prefix: { pathPrefix: 'orSlash', default: '' },
    ttl: { duration: ['0ms', '365d'] },
  }),
  required: ['pattern', 'provider'],
};

const webhook = {
  ...closed({
    url: text,
    key: credentialSchema,
    events: { type: 'array', minItems: 1, items: { enum: secretEventTypes }, uniqueItems: true, default: ['rotated'] },
    insecure: { type: 'boolean', default: false },
  }),
  required: ['url', 'key'],
};

const audit = section({
  enabled: { type: 'boolean', default: true },
  sink: { ...text, default: 'stdout' },
  key: credentialSchema,
  failClosed: { type: 'boolean', default: false },
});

const persistence = {
  ...closed({
    file: text,
    key: credentialSchema,
    previousKeys: { type: 'array', items: credentialSchema, default: [] },
  }),
  required: ['file', 'key'],
};

const preloaded = {
  ...closed({ path: { secretPath: true }, required: { type: 'boolean', default: false } }),
  required: ['path'],
};

const tuning = {
  cache: section({
    ttl: { duration: ['0ms', '365d'], default: '5m' },
    negativeTtl: { duration: ['0ms', '365d'], default: '30s' },
    maxEntries: count(1000, 10_000_000),
    maxBytes: { size: ['1KiB', '64GiB'], default: '64MiB' },
    staleFallback: { type: 'boolean', default: true },
    maxStale: { duration: ['0ms', '365d'], default: '24h' },
    refreshAhead: { duration: ['0ms', '365d'], default: '1m' },
    patience: { duration: ['0ms', '24h'], default: '500ms' },
    gracePeriod: { duration: ['0ms', '365d'], default: '5m' },
    persistence,
  }),
  retry: section({ maxAttempts: count(5, 100) }),
  circuitBreaker: section({
    failureThreshold: count(5, 1000),
    successThreshold: count(2, 1000),
    resetTimeout: amountOfTime('30s'),
  }),
  preload: { type: 'array', items: preloaded, default: [] },
  rotation: section({ checkInterval: { duration: ['0ms', '24h'], default: '0ms' } }),
  budget: section({ perSecond: count(50, 100_000), burst: count(500, 1_000_000) }),
  deadline: amountOfTime('10s'),
  limits: section({
    value: { size: ['1B', '256MiB'], default: '1MiB' },
    body: { size: ['1B', '256MiB'], default: '1MiB' },
  }),
};
