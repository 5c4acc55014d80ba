import type { AccessContext, Operation } from '../core/access-context.ts';
import type { Span, Tracer } from '../core/tracer.ts';

/** What is told of an access when it begins. */
export interface Begun {
  readonly operation: Operation;
  /** The secret's path as the caller wrote it, or the prefix of a list. */
  readonly path: string;
  readonly context: AccessContext;
}

/** The span of an access (specification §1.8.1); undefined where there are no traces. */
export function startAccessSpan(tracer: Tracer | undefined, { operation, path, context }: Begun): Span | undefined {
  const subject = operation === 'list' ? { prefix: path } : { secret_path: path === '' ? undefined : path };
  return tracer?.start(`secrets.${operation}`, context.trace, subject);
}

/** What is done in a span is told of as part of it. */
export const within = (span: Span | undefined, context: AccessContext): AccessContext =>
  span === undefined ? context : { ...context, trace: span.context };
