import type { ReadAnswer } from '../../src/client/failover.ts';
import { isTransient } from '../../src/resilience/transient.ts';
import { type ClientRig, DEADLINE_MS, PATIENCE_MS, TTL_MS } from './client-rig.ts';
import type { ModelledStore } from './modelled-store.ts';

export const MAX_STALE_MS = 900_000;
const FRESH_MS = 1_000;
const PINNED_TTL_MS = 3_600_000;
const JITTER = 1.1;

export interface ModelledRead {
  readonly path: string;
  readonly isPinned: boolean;
  readonly fresh: boolean;
}

/** What the model knows of one path. */
interface Known {
  /** The last question whose refusal a reader was told of, -1 for none. */
  refused: number;
  /** The last question that the store refused, whether or not a reader has heard of it, -1 for none. */
  declined: number;
  /** Questions before this one were asked before an invalidation. */
  invalidated: number;
  /** The same of the backup. */
  backupInvalidated: number;
  /** When the store was asked for what may answer stale, for each value of the selector. */
  readonly keptMs: Map<boolean, number>;
  /** How often everything was dropped. */
  drops: number;
}

/**
 * The rules of design §5 as a model without a cache: it knows what the store said and when, and judges each answer by
 * that. Collects what is wrong as sentences.
 */
export class CacheModel {
  readonly violations: string[] = [];
  #unsettled = 0;
  #rig: ClientRig;
  readonly #store: ModelledStore;
  /** The store that is asked when the first cannot answer, if there is one. */
  readonly #backup: ModelledStore | undefined;
  readonly #known = new Map<string, Known>();
  /** Questions before these ones were asked before the last restart. */
  #restarted = 0;
  #backupRestarted = 0;

  constructor(rig: ClientRig, store: ModelledStore, backup?: ModelledStore) {
    this.#rig = rig;
    this.#store = store;
    this.#backup = backup;
    store.onAnswer = (question) => this.#answered(question);
  }

  /** Reads that have not been answered. */
  get unsettled(): number {
    return this.#unsettled;
  }

  read(read: ModelledRead): void {
    const { path, isPinned, fresh } = read;
    const startMs = this.#store.nowMs();
    const known = this.#of(path);
    const before = { ...known, startMs, isKept: !fresh && this.#mayAnswerStale(read) };
    this.#unsettled++;
    const answer = (async () => this.#rig.read({ path, fresh, ...(isPinned && { version: '1' }) }))();
    void answer.then(
      (value) => this.#judge(read, before, value),
      (error: unknown) => this.#judgeFailure(read, before, error),
    );
  }

  invalidate(path: string): void {
    this.#rig.fetcher.invalidate((kept) => kept.path === path);
    const known = this.#of(path);
    known.invalidated = this.#store.questions.length;
    known.backupInvalidated = this.#backup?.questions.length ?? 0;
    drop(known);
  }

  /** Another process goes on with what the first one has kept. The stores know how much later. */
  restart(rig: ClientRig): void {
    this.#rig = rig;
    this.#restarted = this.#store.questions.length;
    this.#backupRestarted = this.#backup?.questions.length ?? 0;
  }

  #of(path: string): Known {
    let known = this.#known.get(path);
    if (known === undefined) {
      known = { refused: -1, declined: -1, invalidated: 0, backupInvalidated: 0, keptMs: new Map(), drops: 0 };
      this.#known.set(path, known);
    }
    return known;
  }

  /** A value is kept from now on, unless it was invalidated or refused meanwhile. After a refusal nothing is. */
  #answered(number: number): void {
    const question = this.#store.questions[number];
    if (question === undefined) return;
    const known = this.#of(question.path);
    if (question.fault !== 'none') {
      known.declined = Math.max(known.declined, number);
      drop(known);
    }
    if (number < known.invalidated || number <= known.declined) return;
    known.keptMs.set(question.value.startsWith('pinned'), question.askedAtMs);
  }

  #mayAnswerStale({ path, isPinned }: ModelledRead): boolean {
    const keptMs = this.#of(path).keptMs.get(isPinned);
    return keptMs !== undefined && this.#store.nowMs() + PATIENCE_MS < keptMs + MAX_STALE_MS;
  }

  #judge(read: ModelledRead, before: Before, { entry, outcome }: ReadAnswer): void {
    this.#unsettled--;
    const value = String(entry.secret.value.expose());
    const nowMs = this.#store.nowMs();
    const wrong = (what: string): void => this.#complain(read, `${outcome} ${value}: ${what}`);
    if (!(read.isPinned ? value === `pinned ${read.path}` : value.startsWith(`${read.path}@`)))
      wrong('of another path');
    const isBackup = entry.identity.provider === 'backup';
    const asked = (isBackup ? this.#backup : this.#store)?.lastAskedFor(value) ?? { number: -1, atMs: -Infinity };
    const bounds = {
      hit: (read.isPinned ? PINNED_TTL_MS : TTL_MS) * JITTER,
      miss: DEADLINE_MS,
      stale: MAX_STALE_MS,
    };
    if (asked.atMs < nowMs - bounds[outcome]) wrong(`asked for ${nowMs - asked.atMs} ms ago`);
    if (outcome === 'hit' && asked.number < (isBackup ? this.#backupRestarted : this.#restarted))
      wrong('from before a restart, and fresh');
    if (read.fresh && outcome === 'stale') wrong('`fresh`, and stale');
    if (read.fresh && asked.atMs < before.startMs - FRESH_MS) wrong('`fresh`, and old');
    if (asked.number < (isBackup ? before.backupInvalidated : before.invalidated)) wrong('from before an invalidation');
    // What the first refuses is the first's: the backup's copy is another secret.
    if (!isBackup && asked.number < before.refused) wrong('after it was refused');
    this.#judgeTime(read, before);
  }

  #judgeFailure(read: ModelledRead, before: Before, error: unknown): void {
    this.#unsettled--;
    if (before.isKept && before.drops === this.#of(read.path).drops && isTransient(error))
      this.#complain(read, `${String(error)}, with a value at hand`);
    if (isTransient(error)) return;
    const known = this.#of(read.path);
    const number = error instanceof Error ? Number(error.message) : Number.NaN;
    if (this.#store.questions[number]?.path !== read.path) this.#complain(read, `the refusal of another path`);
    // What was asked before an invalidation is delivered, and forgotten.
    if (number < known.invalidated) return;
    known.refused = Math.max(known.refused, number);
    drop(known);
  }

  #judgeTime(read: ModelledRead, { isKept, startMs, drops }: Before): void {
    const ms = this.#store.nowMs() - startMs;
    // Each source that fails in time hands on to the next one, which has the same patience.
    const patienceMs = this.#backup === undefined ? PATIENCE_MS : 2 * PATIENCE_MS;
    const wasThere = isKept && drops === this.#of(read.path).drops;
    const boundMs = wasThere ? patienceMs : DEADLINE_MS;
    if (ms > boundMs) this.#complain(read, `it took ${ms} ms`);
  }

  #complain({ path, isPinned, fresh }: ModelledRead, what: string): void {
    this.violations.push(`${path}${isPinned ? ' pinned' : ''}${fresh ? ' fresh' : ''}: ${what}`);
  }
}

function drop(known: Known): void {
  known.keptMs.clear();
  known.drops++;
}

/** What was known when a read began. */
interface Before {
  readonly startMs: number;
  readonly refused: number;
  readonly invalidated: number;
  readonly backupInvalidated: number;
  readonly drops: number;
  /** Something may answer it even if the store cannot. */
  readonly isKept: boolean;
}
