import { NetworkError } from '../../core/errors/network-error.ts';

/** Says in a failure of the network which service could not be reached: not the store itself. */
export async function nameService<T>(service: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NetworkError) throw new NetworkError(error.code, `${service}: ${error.message}`);
    throw error;
  }
}
