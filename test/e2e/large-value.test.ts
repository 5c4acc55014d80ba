import { test } from 'tap';
import { startDaemon } from './daemon.ts';
import type { Http } from './http.ts';
import { vaultConfig, vaultEnv, vaultStore } from './vault-store.ts';

const READERS = 8;
// The whole secret, `{"k":"…"}`, is exactly as long as `limits.value` allows.
const LARGE = 'x'.repeat(1_048_576 - '{"k":""}'.length);
const paths = Array.from({ length: READERS * 12 }, (_, index) => `large/${index}`);
// Answers come in the order of the questions, more or less: while one small read waits, a reader gets one or two.
const MAX_LARGE_IN_A_ROW = 3 * READERS;

interface Findings {
  readonly wrong: readonly string[];
  /** The sizes of the answers, in the order in which they came. */
  readonly arrivals: readonly ('large' | 'small')[];
  readonly smallMs: readonly number[];
}

/** Reads every large secret, `READERS` at a time, and the small one again and again until they are done. */
async function readBoth(http: Http): Promise<Findings> {
  const wrong: string[] = [];
  const arrivals: ('large' | 'small')[] = [];
  const smallMs: number[] = [];
  const waiting = [...paths];
  const unanswered = new Set(paths);
  const read = async (path: string, expected: string): Promise<void> => {
    const { status, text } = await http.get(`/v1/secrets/${path}?key=k&format=raw`);
    arrivals.push(expected === LARGE ? 'large' : 'small');
    if (status !== 200 || text !== expected) wrong.push(`${path}: ${status}, ${text.length} characters`);
  };
  const readLarge = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
      await read(path, LARGE);
      unanswered.delete(path);
    }
  };
  const readSmall = async (): Promise<void> => {
    while (unanswered.size > 0) {
      const startMs = performance.now();
      await read('small', 'v');
      smallMs.push(performance.now() - startMs);
    }
  };
  await Promise.all([readSmall(), ...Array.from({ length: READERS }, readLarge)]);
  return { wrong, arrivals, smallMs };
}

function longestRunOfLarge(arrivals: Findings['arrivals']): number {
  let run = 0;
  let longest = 0;
  for (const size of arrivals) {
    run = size === 'large' ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

function toSentence({ smallMs, arrivals }: Findings): string {
  const sorted = smallMs.toSorted((a, b) => a - b);
  const at = (share: number): string => `${sorted[Math.ceil(share * sorted.length) - 1]?.toFixed(1)} ms`;
  const small = `${smallMs.length} small reads: p50 ${at(0.5)}, p99 ${at(0.99)}, max ${at(1)}`;
  return `${small}; at most ${longestRunOfLarge(arrivals)} large answers in a row`;
}

test('reads of a small secret go on being answered while those of 1 MiB run', async (t) => {
  const large = Object.fromEntries(paths.map((path) => [path, JSON.stringify({ k: LARGE })]));
  const vault = await vaultStore(t, { ...large, small: '{"k":"v"}' });
  const { providers } = vaultConfig(vault.address);
  const [provider] = Array.isArray(providers) ? providers : [];
  const patient = [{ ...provider, attemptTimeout: '10s' }];
  // Room for each of them as it came and as it is sent.
  const cache = { maxBytes: '512MiB' };
  const config = vaultConfig(vault.address, { providers: patient, cache });
  const http = (await startDaemon(t, { config, env: vaultEnv })).http();
  await http.get('/v1/secrets/small');
  for (const state of ['cold', 'cached']) {
    const found = await readBoth(http);
    t.comment(`${state}: ${toSentence(found)}`);
    t.same(found.wrong, []);
    t.ok(longestRunOfLarge(found.arrivals) <= MAX_LARGE_IN_A_ROW, state);
    t.equal(vault.count('secret/data/'), paths.length + 1, 'each was asked for once');
  }
});
