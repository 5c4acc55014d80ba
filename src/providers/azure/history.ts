import type { SecretVersion } from '../../core/secret.ts';
import type { Attributes } from './attributes.ts';

/** One version of a secret, whose id is certain. */
export interface HistoryRow extends Attributes {
  readonly version: string;
}

/**
 * The versions newest first. The vault lists them in the order of their ids, which are random; it counts whole seconds,
 * so that the order of two versions of one second is not known, only the same each time.
 */
export function toHistory(items: readonly Attributes[]): readonly HistoryRow[] {
  const rows = items.flatMap((item) => (item.version === undefined ? [] : [{ ...item, version: item.version }]));
  return rows.sort((a, b) => createdMs(b) - createdMs(a) || (a.version < b.version ? -1 : 1));
}

/** The newest version that can be read below the current one, which is the newest, be it enabled or not. */
export const previousOf = (history: readonly HistoryRow[]): HistoryRow | undefined =>
  history.slice(1).find(({ isEnabled }) => isEnabled);

export function toSecretVersions(history: readonly HistoryRow[]): readonly SecretVersion[] {
  const previous = previousOf(history);
  return history.map((row, index) => ({
    version: row.version,
    stages: index === 0 ? ['current'] : row === previous ? ['previous'] : [],
    ...(row.createdAt !== undefined && { createdAt: row.createdAt }),
    state: row.isEnabled ? 'enabled' : 'disabled',
  }));
}

const createdMs = ({ createdAt }: HistoryRow): number => createdAt?.getTime() ?? 0;
