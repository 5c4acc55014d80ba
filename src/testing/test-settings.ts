import type { TestKeyfobOptions } from './test-keyfob.ts';

/** The configuration of a daemon for tests, as its file would have it. JSON is YAML. */
export function testSettings({ config, scenario, faults = [], seed = 1 }: TestKeyfobOptions): string {
  return JSON.stringify({
    listen: ['127.0.0.1:0'],
    drain: '0ms',
    // Only its name counts: the mock stands in for it.
    providers: [{ name: 'mock', type: 'local', path: 'mock' }],
    simulation: { mode: 'mock', seed, faults, ...(scenario !== undefined && { scenario }) },
    audit: { enabled: false },
    log: { level: 'silent' },
    ...config,
  });
}
