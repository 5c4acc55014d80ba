import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { VersionState } from '../../core/secret.ts';
import { dateAt, textAt } from '../../core/json-fields.ts';
import { bodyOf, type GcpClient } from './client.ts';
import type { ResourceNames } from './resource-names.ts';

/** One version as the store tells of it. */
export interface VersionRow {
  readonly number: string;
  readonly state: Extract<VersionState, 'enabled' | 'disabled' | 'destroyed'>;
  readonly createdAt: Date | undefined;
}

export interface VersionPage {
  /** Newest first. */
  readonly rows: readonly VersionRow[];
  /** There when more follows, even if there are no rows. */
  readonly nextPageToken: string | undefined;
}

export interface VersionPageQuery {
  readonly pageSize: number;
  readonly pageToken?: string | undefined;
  /** By the store; what it lets through is to be checked again. */
  readonly filter?: string | undefined;
}

/** The listing of a secret's versions. */
export interface VersionList {
  page(id: string, query: VersionPageQuery, signal: AbortSignal): Promise<VersionPage>;
  /** Row by row, pages read as they are needed. */
  walk(id: string, filter: string | undefined, signal: AbortSignal): AsyncGenerator<VersionRow, void>;
}

const WALK_PAGE_SIZE = 100;

export function createVersionList(client: GcpClient, names: ResourceNames): VersionList {
  const list: VersionList = {
    async page(id, { pageSize, pageToken = '', filter = '' }, signal) {
      const query = { pageSize: String(pageSize), pageToken, filter };
      const answer = await client({ method: 'GET', path: `${names.secret(id)}/versions`, query }, signal);
      const body = bodyOf(answer, { id });
      const { versions } = body;
      const rows = Array.isArray(versions) ? versions.filter(isObject).flatMap(toRow) : [];
      return { rows, nextPageToken: textAt(body, 'nextPageToken') };
    },
    async *walk(id, filter, signal) {
      let pageToken: string | undefined;
      do {
        const { rows, nextPageToken } = await list.page(id, { pageSize: WALK_PAGE_SIZE, pageToken, filter }, signal);
        yield* rows;
        pageToken = nextPageToken;
      } while (pageToken !== undefined);
    },
  };
  return list;
}

/** The number at the end of a version's full name. */
export const versionNumber = (body: JsonObject): string | undefined =>
  /\/versions\/([1-9]\d*)$/.exec(textAt(body, 'name') ?? '')?.[1];

/** A version's metadata; none when it has no number. */
export function toRow(body: JsonObject): readonly VersionRow[] {
  const number = versionNumber(body);
  if (number === undefined) return [];
  return [{ number, state: toState(textAt(body, 'state')), createdAt: dateAt(body, 'createTime') }];
}

/** A state that is not known cannot be read as far as we know. */
function toState(state: string | undefined): VersionRow['state'] {
  if (state === 'ENABLED') return 'enabled';
  return state === 'DESTROYED' ? 'destroyed' : 'disabled';
}
