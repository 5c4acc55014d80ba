import type { JsonObject } from '../../core/json-object.ts';
import type { VersionsQuery } from '../../core/provider.ts';
import type { Page, SecretVersion } from '../../core/secret.ts';
import type { AwsClient } from './client.ts';
import { describeSecret } from './describe-secret.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';
import { epochAt, listAt } from './json-fields.ts';
import { toStage } from './stages.ts';

const PAGE_SIZE = 100;
// AWS removes what is above 100 versions without a label, a day after they were made.
const MAX_PAGES = 20;

/**
 * The history, newest first. AWS does not say in what order it lists versions, so all are read for each page.
 * Versions without a label can be read until AWS removes them, so they are `enabled`.
 */
export async function listVersions(
  client: AwsClient,
  { id, query }: { readonly id: string; readonly query: VersionsQuery },
  signal: AbortSignal,
): Promise<Page<SecretVersion>> {
  await describeSecret(client, id, signal);
  const all = (await readAll(client, id, signal)).toReversed().map(toVersion).sort(byAge);
  const start = query.cursor === undefined ? 0 : all.findIndex(({ version }) => version === query.cursor) + 1;
  const items = all.slice(start, start + query.limit);
  const last = items.at(-1);
  return { items, ...(start + items.length < all.length && last !== undefined && { nextCursor: last.version }) };
}

async function readAll(client: AwsClient, id: string, signal: AbortSignal): Promise<readonly JsonObject[]> {
  const rows: JsonObject[] = [];
  let token: string | undefined;
  for (let page = 0; page < MAX_PAGES && (page === 0 || token !== undefined); page++) {
    const input = {
      SecretId: id,
      IncludeDeprecated: true,
      MaxResults: PAGE_SIZE,
      ...(token !== undefined && { NextToken: token }),
    };
    const answer = await client.ask({ subject: { operation: 'ListSecretVersionIds', id }, input }, signal);
    rows.push(...objectsAt(answer, 'Versions'));
    token = textAt(answer, 'NextToken');
  }
  return rows;
}

function toVersion(row: JsonObject): SecretVersion {
  const createdAt = epochAt(row, 'CreatedDate');
  return {
    version: textAt(row, 'VersionId') ?? '',
    stages: listAt(row, 'VersionStages').map(toStage),
    ...(createdAt !== undefined && { createdAt }),
    state: 'enabled',
  };
}

/** Of versions of one second the one before current comes after it; moto gives all of them the time of the call. */
function byAge(a: SecretVersion, b: SecretVersion): number {
  const [newer, older] = [b.createdAt?.getTime() ?? 0, a.createdAt?.getTime() ?? 0];
  return newer - older || rank(a) - rank(b);
}

const ORDER = ['pending', 'current', 'previous'];

function rank({ stages }: SecretVersion): number {
  const index = ORDER.findIndex((stage) => stages.includes(stage));
  return index === -1 ? ORDER.length : index;
}
