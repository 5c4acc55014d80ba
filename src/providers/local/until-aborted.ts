import { NetworkError } from '../../core/errors/network-error.ts';

/**
 * The outcome of the work, unless the signal ends the wait before: a file on a dead network mount may never answer.
 * @throws NetworkError `Timeout`
 */
export async function untilAborted<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(new NetworkError('Timeout', 'the local secrets file did not answer in time'));
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  try {
    return await (signal.aborted ? ended.promise : Promise.race([work(), ended.promise]));
  } finally {
    signal.removeEventListener('abort', end);
  }
}
