import { ANONYMOUS } from '../access/caller-rules.ts';
import { operations } from '../core/access-context.ts';

/** What is about listeners and those who call there. */
const DAEMONS_ALONE: ReadonlySet<string> = new Set(['listen', 'socket', 'hosts', 'ops', 'drain', 'tls', 'access']);

/**
 * The configuration as the daemon would be given it. What is odd about it stays, to be reported as such.
 * @throws TypeError for an object that JSON cannot show
 */
export function toSettings(config: object): unknown {
  // A copy, since defaults are filled in; it leaves out what is undefined.
  const copy: unknown = JSON.parse(JSON.stringify(config));
  if (!isMapping(copy)) return copy;
  const { auditEnabled, audit, log, providers, ...others } = copy;
  const own = Object.entries(others).filter(([key]) => !DAEMONS_ALONE.has(key));
  return {
    ...Object.fromEntries(own),
    ...(providers !== undefined && { providers: Array.isArray(providers) ? providers.map(named) : providers }),
    audit: toAudit(audit, auditEnabled),
    log: log ?? { level: 'silent' },
    // Nobody asks but the program itself, which may do everything.
    access: { mode: 'open', callers: [{ name: ANONYMOUS, operations }] },
  };
}

function named(entry: unknown): unknown {
  return isMapping(entry) && entry['name'] === undefined ? { ...entry, name: entry['type'] } : entry;
}

/** The daemon's is on by default, ours is not. */
function toAudit(audit: unknown, enabled: unknown): unknown {
  if (audit === undefined) return { enabled: enabled ?? false };
  return isMapping(audit) && enabled !== undefined ? { enabled, ...audit } : audit;
}

const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
