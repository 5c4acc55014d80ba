import { AccessError } from '../../core/errors/access-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { SecretMetadata } from '../../core/secret.ts';
import { bodyOf, type GcpClient } from './client.ts';
import type { History } from './history.ts';
import type { LatestPolicy } from './options.ts';
import type { ResourceNames } from './resource-names.ts';
import { toMetadata } from './to-metadata.ts';
import { toRow, type VersionRow } from './version-list.ts';

export interface DescribeOptions {
  readonly client: GcpClient;
  readonly names: ResourceNames;
  readonly history: History;
  readonly latestPolicy: LatestPolicy;
}

/** A secret and its current version: two calls, which the store keeps apart. */
export async function describeSecret(
  id: string,
  options: DescribeOptions,
  signal: AbortSignal,
): Promise<SecretMetadata> {
  const { client, names } = options;
  const [answer, current] = await Promise.all([
    client({ method: 'GET', path: names.secret(id) }, signal),
    findCurrent(id, options, signal),
  ]);
  return toMetadata(id, bodyOf(answer, { id }), current);
}

/** Undefined when there is none, or it may not be looked at. */
async function findCurrent(id: string, options: DescribeOptions, signal: AbortSignal): Promise<VersionRow | undefined> {
  const { history, latestPolicy } = options;
  try {
    const latest = await readRow({ id, version: 'latest' }, options, signal);
    if (latest === undefined || latest.state === 'enabled' || latestPolicy === 'strict') return latest;
    const number = await history.newestEnabled(id, signal);
    return number === undefined ? undefined : await readRow({ id, version: number }, options, signal);
  } catch (error) {
    if (error instanceof SecretNotFoundError || error instanceof AccessError) return undefined;
    throw error;
  }
}

async function readRow(
  { id, version }: { readonly id: string; readonly version: string },
  { client, names }: DescribeOptions,
  signal: AbortSignal,
): Promise<VersionRow | undefined> {
  const answer = await client({ method: 'GET', path: names.version(id, version) }, signal);
  return toRow(bodyOf(answer, { id }))[0];
}
