import { pause } from '../../core/abort.ts';
import type { Clock } from '../../core/clock.ts';
import { errorOf } from '../../core/errors/error-of.ts';
import { NetworkError } from '../../core/errors/network-error.ts';
import type { SecretsError } from '../../core/errors/secrets-error.ts';
import type { Location } from '../../core/provider.ts';
import type { Secret } from '../../core/secret.ts';
import { current, type Selector } from '../../core/selector.ts';
import type { FaultOperation } from '../../core/fault.ts';
import type { Answers, Arguments, Ask, CallName, Interceptor, Question } from '../question.ts';
import { describePlan, type FaultPlan } from './fault-plan.ts';
import type { Faults } from './faults.ts';
import { rotateHistory, rotateMetadata, rotateSecret, type RotateValue } from './rotation.ts';
import { shiftDates, shiftSecretDates } from './shift-dates.ts';
import { StaleVersions } from './stale-versions.ts';

export interface FaultInjectorOptions {
  readonly provider: string;
  /** The provider's name with the copy of its store. */
  readonly label: string;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly rotateValue: RotateValue;
  /** Told what is about to happen to a question. */
  readonly onPlan: (question: Question, faults: readonly string[]) => void;
}

/** Changes the answer to a question as its plan says. */
type Changes = {
  readonly [K in CallName]?: (answer: Answers[K], question: Question<K>, plan: FaultPlan) => Answers[K];
};

/** What the store is asked for instead. */
type Asked = {
  readonly [K in CallName]?: (question: Question<K>, plan: FaultPlan) => Arguments[K];
};

const operations: Readonly<Record<CallName, FaultOperation>> = {
  get: 'get',
  renew: 'get',
  return: 'get',
  list: 'list',
  describe: 'describe',
  versions: 'versions',
  rotate: 'rotate',
  health: 'health',
};

/** Lets bad things happen between the pipeline and one source. */
export class FaultInjector implements Interceptor {
  readonly #options: FaultInjectorOptions;
  readonly #stale = new StaleVersions();
  readonly #asked: Asked = {
    // The version before one that the simulation has made is made from the current one, too.
    get: ({ args }, { rotations }) => (rotations > 0 && isPrevious(args) ? { id: args.id, selector: current } : args),
  };
  readonly #changes: Changes = {
    get: (secret, question, plan) => shiftSecretDates(this.#served(secret, question, plan), plan.clockSkewMs),
    describe: (metadata, _, { rotations, clockSkewMs }) => shiftDates(rotateMetadata(metadata, rotations), clockSkewMs),
    list: (page, _, { clockSkewMs }) => ({ ...page, items: page.items.map((item) => shiftDates(item, clockSkewMs)) }),
    versions: (page, _, { rotations, clockSkewMs }) => {
      const rotated = rotateHistory(page, rotations);
      return { ...rotated, items: rotated.items.map((row) => shiftDates(row, clockSkewMs)) };
    },
  };

  constructor(options: FaultInjectorOptions) {
    this.#options = options;
  }

  async answer<K extends CallName>(question: Question<K>, ask: Ask<K>): Promise<Answers[K]> {
    const { faults, provider, label, onPlan, clock } = this.#options;
    const plan = faults.plan({ provider, label, operation: operations[question.name], path: question.path });
    onPlan(question, describePlan(plan));
    if (plan.latencyMs > 0) await pause(clock, plan.latencyMs, question.signal);
    if (plan.failure !== undefined) throw this.#failure(plan.failure);
    const asked: Asked[K] = this.#asked[question.name];
    const answer = await ask(asked?.(question, plan));
    const change: Changes[K] = this.#changes[question.name];
    const changed = change === undefined ? answer : change(answer, question, plan);
    if (plan.slowBodyMs > 0) await pause(clock, plan.slowBodyMs, question.signal);
    if (plan.isReset) throw new NetworkError('ConnectionFailed', `simulated: the connection to '${label}' was reset`);
    return changed;
  }

  #failure({ code, retryAfterMs, isOutage }: NonNullable<FaultPlan['failure']>): SecretsError {
    const what = isOutage ? 'an outage' : 'an error';
    return errorOf(code, `simulated: ${what} of '${this.#options.label}'`, {
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    });
  }

  #served(secret: Secret, question: Question<'get'>, plan: FaultPlan): Secret {
    const { id, selector } = question.args;
    const { rotateValue } = this.#options;
    const rotated = (rotations: number, of = secret): Secret =>
      rotateSecret(of, { path: question.path, rotations, rotateValue });
    const { rotations, isStale } = plan;
    if (rotations > 0 && isPrevious(question.args)) return { ...rotated(rotations - 1), stages: ['previous'] };
    if (!isCurrent(selector)) return secret;
    const before = this.#stale.before(JSON.stringify([question.scope, id]), secret);
    if (!isStale) return rotated(rotations);
    return rotations > 0 ? rotated(rotations - 1) : (before ?? secret);
  }
}

const isPrevious = ({ selector }: Location): boolean => selector.stage === 'previous';

const isCurrent = (selector: Selector): boolean => selector === current || Object.keys(selector).length === 0;
