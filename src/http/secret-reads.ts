import type { ServerResponse } from 'node:http';
import { LRUCache } from 'lru-cache';
import type { ReadAnswer } from '../client/failover.ts';
import type { Log } from '../core/log.ts';
import type { Visit } from './admission.ts';
import { answerProblem, noteUnexpected } from './answer-problem.ts';
import { type Answer, sendAnswer } from './answer.ts';
import { matchesEntityTag } from './entity-tag.ts';
import type { Lifecycle } from './lifecycle.ts';
import { awaitChange } from './operations/await-change.ts';
import type { OperationTools } from './operations/operation-tools.ts';
import { type BodyChoice, representationName } from './secret-body.ts';
import { secretHeaders } from './secret-headers.ts';
import type { SecretQuestion } from './secret-question.ts';
import { markAnswer } from './simulated/mark-answers.ts';

type ReadTools = Pick<OperationTools, 'client' | 'bodies' | 'clock' | 'events' | 'retired' | 'simulation'>;

export interface SecretReadsOptions extends ReadTools {
  readonly lifecycle: Lifecycle;
  readonly log: Log;
  /** How many URLs are remembered. */
  readonly maxKnown: number;
}

/** What is to be answered, and to whom. */
interface Asked {
  readonly question: SecretQuestion;
  readonly visit: Visit;
  readonly response: ServerResponse;
  /** What is remembered when a value is the answer: names that lead nowhere cannot push others out. */
  readonly url?: string;
}

/** Answers reads of a secret over HTTP. A cached one is answered without a turn of the event loop. */
export class SecretReads {
  readonly #options: SecretReadsOptions;
  readonly #known: LRUCache<string, SecretQuestion>;

  constructor(options: SecretReadsOptions) {
    this.#options = options;
    this.#known = new LRUCache({ max: options.maxKnown });
  }

  /** What a URL asks, if it was answered before: the router and the contract need not look at it again. */
  known(url: string): SecretQuestion | undefined {
    return this.#known.get(url);
  }

  /** Answers in any case, with a problem if need be. */
  answer(asked: Asked): void {
    const { format, raw, json } = asked.question;
    const choice = (format === undefined ? asked.visit.facts.wantsRaw : format === 'raw') ? raw : json;
    try {
      const answer = this.#read(asked, choice);
      if (!(answer instanceof Promise)) this.#send(asked, answer, choice);
      else answer.then((late) => this.#send(asked, late, choice)).catch((error: unknown) => this.#refuse(asked, error));
    } catch (error) {
      this.#refuse(asked, error);
    }
  }

  #read({ question, visit, response }: Asked, choice: BodyChoice): ReadAnswer | Promise<ReadAnswer> {
    const { facts, context } = visit;
    const { target, waitMs } = question;
    const read = { ...target, context };
    if (waitMs === undefined) return this.#options.client.read(read);
    return awaitChange(this.#options, { read, choice, condition: facts.condition, waitMs, response });
  }

  #send({ visit, response, url, question }: Asked, answer: ReadAnswer, choice: BodyChoice): void {
    const { client, bodies, clock, lifecycle, simulation } = this.#options;
    const name = representationName(choice, answer.entry.identity.path);
    const representation = client.represent(answer, name, () => bodies.build(answer, choice));
    const plain = secretHeaders(answer, representation, clock.monotonicMs());
    const headers = simulation === undefined ? plain : markAnswer(plain, simulation.mode);
    const isSame = matchesEntityTag(visit.facts.condition, representation.etag);
    const full: Answer = isSame ? { status: 304, headers } : { status: 200, headers, representation };
    sendAnswer(response, { visit, isLast: lifecycle.isDraining }, full);
    if (url !== undefined) this.#known.set(url, question);
  }

  #refuse({ question, visit, response }: Asked, error: unknown): void {
    const { log, lifecycle } = this.#options;
    const { requestId } = visit.context;
    noteUnexpected(log, error, requestId);
    answerProblem(response, { visit, isLast: lifecycle.isDraining }, { error, path: question.target.path });
  }
}
