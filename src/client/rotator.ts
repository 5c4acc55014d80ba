import { randomUUID } from 'node:crypto';
import type { AccessContext } from '../core/access-context.ts';
import type { RotationResult } from '../core/secret.ts';
import type { TraceContext } from '../core/tracer.ts';
import { classify } from '../core/errors/classify.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { CheckedAccess } from './checked-access.ts';
import type { Refresher } from './refresher.ts';
import type { Stop } from './router.ts';
import type { StoreCalls } from './store-calls.ts';

export interface RotateRequest {
  readonly path: string;
  readonly provider?: string;
  readonly context: AccessContext;
}

export interface RotatorOptions {
  readonly access: CheckedAccess;
  readonly calls: StoreCalls;
  readonly metrics: Metrics;
  readonly refresher: Pick<Refresher, 'watchClosely'>;
}

/** Asks the first source of a path to rotate the secret. Others are not asked instead: they would rotate another one. */
export class Rotator {
  readonly #options: RotatorOptions;

  constructor(options: RotatorOptions) {
    this.#options = options;
  }

  /** The value at hand stays, and is compared with the store's until that has changed. @throws RotationError */
  rotate({ path, provider, context }: RotateRequest): Promise<RotationResult> {
    const { access, metrics, refresher } = this.#options;
    const asked = { operation: 'rotate', path, context, ...(provider !== undefined && { provider }) } as const;
    return access.toSecret(asked, async ([stop], trace) => {
      const { name } = stop.source;
      try {
        const result = await this.#ask(stop, trace);
        metrics.rotationRequests.inc({ provider: name, status: 'success' });
        refresher.watchClosely(stop);
        return result;
      } catch (error) {
        metrics.rotationRequests.inc({ provider: name, status: classify(error).code });
        throw error;
      }
    });
  }

  #ask({ source, store, location }: Stop, trace: TraceContext | undefined): Promise<RotationResult> {
    const idempotencyToken = randomUUID();
    return this.#options.calls.ask({
      source,
      name: 'rotate',
      subject: location.id,
      run: (call) => store.rotate(location.id, { ...call, idempotencyToken }),
      trace,
      // What may have been done is not done again, unless the store knows that it is the same.
      ...(source.provider.isRotationIdempotent !== true && { maxAttempts: 1 }),
    });
  }
}
