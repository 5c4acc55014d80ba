import type { HeldSecret, HeldVersion } from './held-secret.ts';
import { canonicalStage } from './stage-name.ts';

/**
 * Without a stage that says so, the last of the list is current and the one before the current one is previous.
 * @param versions oldest first, at least one.
 */
export function arrangeVersions(versions: readonly HeldVersion[]): Pick<HeldSecret, 'current' | 'versions'> {
  const withStage = (stage: string): number =>
    versions.findIndex((version) => version.stages.some((name) => canonicalStage(name) === stage));
  const marked = withStage('current');
  const current = marked === -1 ? versions.length - 1 : marked;
  const previous = withStage('previous') === -1 ? current - 1 : withStage('previous');
  const held = versions.map((version, index) => {
    if (index === current) return addStage(version, 'current');
    return index === previous ? addStage(version, 'previous') : version;
  });
  const found = held[current];
  if (found === undefined) throw new TypeError('a secret needs a version');
  return { current: found, versions: held.toReversed() };
}

function addStage(version: HeldVersion, stage: string): HeldVersion {
  return { ...version, stages: [stage, ...version.stages.filter((name) => name !== stage)] };
}
