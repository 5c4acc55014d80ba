import type { RawFault } from '../../core/fault.ts';
import type { ScenarioName } from '../../core/simulation-control.ts';

export interface Scenario {
  readonly summary: string;
  readonly faults: readonly RawFault[];
}

/** Bad days that happen to every store, ready to be played; docs/simulation.md tells of each. */
export const scenarios: Readonly<Record<ScenarioName, Scenario>> = {
  brownout: {
    summary: 'the store is slow, loses answers, and fails one call in five',
    faults: [
      { latency: { p50: '150ms', p99: '2s' }, slowBody: { from: '0ms', to: '200ms' }, resetRate: 0.05 },
      { errorRate: 0.1, code: 'InternalError' },
      { errorRate: 0.05, code: 'ProviderUnavailable', retryAfter: '1s' },
    ],
  },
  'regional-outage': {
    summary: 'the store is gone for twenty seconds of every thirty',
    faults: [{ outage: { every: '30s', for: '20s' }, code: 'ConnectionFailed' }],
  },
  'rotation-storm': {
    summary: 'every secret is rotated every two seconds, and one read in five still gets the version before',
    faults: [{ rotateEvery: '2s', staleRate: 0.2 }],
  },
  throttled: {
    summary: 'the store refuses two calls in three and wants a pause of two seconds',
    faults: [{ errorRate: 0.66, code: 'RateLimited', retryAfter: '2s' }],
  },
};
