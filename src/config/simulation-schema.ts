import { credentialSchema } from '../core/credential-setting.ts';
import { faultCodes, faultOperations } from '../core/fault.ts';
import { scenarioNames, simulationModes } from '../core/simulation-control.ts';

const amount = { duration: ['0ms', '24h'] };
const rate = { type: 'number', minimum: 0, maximum: 1 };
const text = { type: 'string', minLength: 1 };
const pair = (one: string, other: string) => ({
  type: 'object',
  properties: { [one]: amount, [other]: amount },
  required: [one, other],
  additionalProperties: false,
});
const delay = {
  anyOf: [amount, pair('from', 'to'), pair('p50', 'p99')],
  expected: 'a duration, or { from, to } or { p50, p99 } of durations',
};

const fault = {
  type: 'object',
  properties: {
    provider: text,
    path: { pathPattern: true },
    operation: { enum: faultOperations },
    latency: delay,
    slowBody: delay,
    errorRate: rate,
    code: { enum: faultCodes },
    retryAfter: amount,
    resetRate: rate,
    staleRate: rate,
    outage: {
      type: 'object',
      properties: { every: { duration: ['1ms', '24h'] }, for: amount },
      required: ['every', 'for'],
      additionalProperties: false,
    },
    rotateEvery: { duration: ['1ms', '24h'] },
    clockSkew: { signedDuration: true },
  },
  additionalProperties: false,
};

/** `simulation` of the configuration, as data. */
export const simulationSchema = {
  type: 'object',
  properties: {
    mode: { enum: simulationModes, default: 'live' },
    file: text,
    values: { enum: ['fake', 'keep'], default: 'fake' },
    key: credentialSchema,
    replay: {
      type: 'object',
      properties: {
        match: { enum: ['key', 'order'], default: 'key' },
        latencies: { enum: ['none', 'recorded'], default: 'none' },
        strict: { type: 'boolean', default: false },
      },
      additionalProperties: false,
      default: {},
    },
    seed: { type: 'integer', minimum: 0, default: 1 },
    scenario: { enum: scenarioNames },
    faults: { type: 'array', items: fault, default: [] },
    allowInProduction: { type: 'boolean', default: false },
  },
  additionalProperties: false,
};
