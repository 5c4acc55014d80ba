import type { VersionsQuery } from '../../core/provider.ts';
import type { Page, SecretVersion } from '../../core/secret.ts';
import type { LatestPolicy } from './options.ts';
import type { VersionList, VersionPage, VersionRow } from './version-list.ts';

const STAGES = ['current', 'previous'] as const;
const CURSOR = /^([012])\.(.+)$/s;

/** Which versions are current and previous. */
export interface History {
  /** The number of the newest enabled version; undefined when there is none. */
  newestEnabled(id: string, signal: AbortSignal): Promise<string | undefined>;
  /** The number of the newest enabled version below the current one; undefined when there is none. */
  previous(id: string, signal: AbortSignal): Promise<string | undefined>;
  versions(id: string, query: VersionsQuery, signal: AbortSignal): Promise<Page<SecretVersion>>;
}

/**
 * By creation order among the enabled versions. Under `strict` the current version is the newest one whatever its state,
 * as `latest` is for the store; under `enabled` it is the newest that can be read.
 */
export function createHistory(list: VersionList, policy: LatestPolicy): History {
  const canBeCurrent = ({ state }: VersionRow): boolean => policy === 'strict' || state === 'enabled';
  const filter = policy === 'strict' ? undefined : 'state:ENABLED';
  return {
    async newestEnabled(id, signal) {
      for await (const { number, state } of list.walk(id, 'state:ENABLED', signal))
        if (state === 'enabled') return number;
      return undefined;
    },
    async previous(id, signal) {
      let hasCurrent = false;
      for await (const row of list.walk(id, filter, signal)) {
        if (hasCurrent && row.state === 'enabled') return row.number;
        hasCurrent ||= canBeCurrent(row);
      }
      return undefined;
    },
    async versions(id, { limit, cursor }, signal) {
      const items: SecretVersion[] = [];
      const [, labelled = '0', token] = CURSOR.exec(cursor ?? '') ?? [];
      let stage = Number(labelled);
      let pageToken: string | undefined = token;
      // A page may be short, even empty, and not the last.
      do {
        const page: VersionPage = await list.page(id, { pageSize: limit - items.length, pageToken }, signal);
        for (const row of page.rows) {
          const isStage = stage === 0 ? canBeCurrent(row) : row.state === 'enabled';
          items.push(toVersion(row, isStage ? STAGES[stage++] : undefined));
        }
        pageToken = page.nextPageToken;
      } while (pageToken !== undefined && items.length < limit);
      // The cursor tells how many stages have been given away.
      const seen = Math.min(stage, STAGES.length);
      return { items, ...(pageToken !== undefined && { nextCursor: `${seen}.${pageToken}` }) };
    },
  };
}

const toVersion = ({ number, state, createdAt }: VersionRow, stage: string | undefined): SecretVersion => ({
  version: number,
  stages: stage === undefined ? [] : [stage],
  ...(createdAt !== undefined && { createdAt }),
  state,
});
