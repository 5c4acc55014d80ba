import { type Test, test } from 'tap';
import { type Daemon, startDaemon } from '../e2e/daemon.ts';
import { until } from '../e2e/until.ts';
import { vaultConfig, vaultEnv } from '../e2e/vault-store.ts';
import { type FaultyStore, faultyStores } from './faulty-store.ts';
import { timedRead, type TimedRead } from './timed-read.ts';

// Longer than the rule, so that a reader that waits for a whole attempt, or for all of them, is told from one that does
// not wait.
const ATTEMPT_TIMEOUT_MS = 6_000;
const DEADLINE_MS = 8_000;
// Far beyond it: a busy machine is no hang.
const WITHIN_DEADLINE_MS = 3 * DEADLINE_MS;
// Specification §1.7.1: of one question at most, when the store throttles.
const MAX_ATTEMPTS = 5;
const ENTRIES = ['fresh', 'expired', 'unseen'] as const;
const READERS = [1, 200];
const secrets = Object.fromEntries(ENTRIES.map((entry) => [`${entry}/db`, '{"password":"value"}']));

/** What a reader of an unseen secret is told. */
const problems: Readonly<Record<string, readonly [status: number, code: string]>> = {
  'connection refused': [502, 'ConnectionFailed'],
  'connection reset': [502, 'ConnectionFailed'],
  hang: [504, 'Timeout'],
  'answer 429': [429, 'RateLimited'],
  'answer 500': [502, 'InternalError'],
  'answer 503': [503, 'ProviderUnavailable'],
  'TLS failure': [502, 'TlsError'],
  'DNS failure': [502, 'ConnectionFailed'],
};

interface Row {
  readonly fault: string;
  readonly entry: (typeof ENTRIES)[number];
  readonly reads: readonly TimedRead[];
  /** To the store for this secret, until all were answered. */
  readonly calls: number;
}

/** A breaker that never opens: each row is to show the fault alone, not what others have left behind. */
async function daemonFor(t: Test, store: FaultyStore): Promise<Daemon> {
  const usual = vaultConfig('');
  const [provider] = Array.isArray(usual['providers']) ? usual['providers'] : [];
  const config = {
    providers: [{ ...provider, ...store.settings, attemptTimeout: ATTEMPT_TIMEOUT_MS }],
    pathMappings: [{ pattern: 'expired/**', provider: 'vault', ttl: '1ms' }],
    deadline: DEADLINE_MS,
    circuitBreaker: { failureThreshold: 1_000 },
    log: { level: 'trace' },
  };
  return startDaemon(t, { config, env: { ...vaultEnv, ...store.env } });
}

async function rowsOf(t: Test, fault: string, readers: number): Promise<readonly Row[]> {
  const store = await faultyStores[fault]?.(t, secrets);
  if (store === undefined) throw new TypeError(`no fault '${fault}'`);
  const daemon = await daemonFor(t, store);
  const read = (path: string): Promise<TimedRead> => timedRead(daemon.address(), path);
  for (const path of ['fresh/db', 'expired/db']) t.equal((await read(path)).status, 200);
  const asked = (entry: string): number => store.asked?.(`${entry}/db`) ?? failedAttempts(daemon, `${entry}/db`);
  const before = new Map(ENTRIES.map((entry) => [entry, asked(entry)]));
  await store.fail();
  const rows: Row[] = [];
  for (const entry of ENTRIES) {
    const reads = await Promise.all(Array.from({ length: readers }, () => read(`${entry}/db`)));
    // A line of the log may come after the answer.
    if (entry !== 'fresh') await until('an attempt is seen', () => asked(entry) > (before.get(entry) ?? 0));
    rows.push({ fault, entry, reads, calls: asked(entry) - (before.get(entry) ?? 0) });
  }
  return rows;
}

/** What the store itself does not notice, the daemon's log tells. */
const failedAttempts = (daemon: Daemon, path: string): number =>
  daemon.log.filter(({ msg, subject }) => msg === 'the store failed' && subject === path).length;

function judge(t: Test, { fault, entry, reads, calls }: Row): void {
  const what = `${fault}, ${entry}, ${reads.length} at once`;
  const isAll = (check: (read: TimedRead) => boolean, claim: string): void =>
    void t.ok(reads.every(check), `${what}: ${claim}`);
  t.ok(calls <= MAX_ATTEMPTS, `${what}: one question for all, ${calls} calls`);
  if (entry === 'unseen') {
    const [status, code] = problems[fault] ?? [0, ''];
    isAll((read) => read.status === status && JSON.parse(read.body).code === code, `${status} ${code}`);
    isAll(({ ms }) => ms < WITHIN_DEADLINE_MS, 'within the deadline');
    return;
  }
  isAll(({ status, body }) => status === 200 && JSON.parse(body).password === 'value', 'served');
  isAll(({ isStale }) => isStale === (entry === 'expired'), 'marked as what it is');
  isAll(({ ms }) => ms < ATTEMPT_TIMEOUT_MS, 'before an attempt is given up');
  // Retries go on behind, and their back-off may be next to nothing; what throttles has said when it may be asked again.
  if (entry === 'fresh') t.equal(calls, 0, `${what}: without a call`);
  else if (fault === 'answer 429') t.equal(calls, 1, `${what}: after the first failure`);
  else t.ok(calls > 0, `${what}: after a failure`);
}

function print(t: Test, rows: readonly Row[]): void {
  const cells = rows.map(({ fault, entry, reads, calls }) => {
    const times = reads.map(({ ms }) => ms).toSorted((a, b) => a - b);
    const statuses = [...new Set(reads.map(({ status, isStale }) => `${status}${isStale ? ' stale' : ''}`))].join(', ');
    const [median = 0, last = 0] = [times[times.length >> 1], times.at(-1)];
    const numbers = [reads.length, Math.round(median), Math.round(last), calls].map((each) => String(each).padStart(7));
    return `${fault.padEnd(18)} ${entry.padEnd(8)} ${statuses.padEnd(10)} ${numbers.join(' ')}`;
  });
  const head = `${'fault'.padEnd(18)} ${'entry'.padEnd(8)} ${'status'.padEnd(10)} readers  median    last   calls`;
  t.comment(['', head, ...cells, '(times in ms; calls to the store until the last was answered)'].join('\n'));
}

test('each fault against fresh, expired and unseen entries', async (t) => {
  const rows: Row[] = [];
  for (const fault of Object.keys(faultyStores)) {
    const both = await Promise.all(READERS.map((readers) => rowsOf(t, fault, readers)));
    for (const entry of ENTRIES) rows.push(...both.flat().filter((row) => row.entry === entry));
  }
  for (const row of rows) judge(t, row);
  print(t, rows);
});
