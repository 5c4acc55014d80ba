const UNITS = new Map([
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);
const FORM = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** Milliseconds of `5m`, `30s`, `500ms`, `24h`, `7d` or a plain number of milliseconds; undefined for anything else. */
export function parseDuration(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) && value >= 0 ? value : undefined;
  const match = typeof value === 'string' ? FORM.exec(value) : null;
  const factor = UNITS.get(match?.[2] ?? '');
  return factor === undefined ? undefined : Number(match?.[1]) * factor;
}
