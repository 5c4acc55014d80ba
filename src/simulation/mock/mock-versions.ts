import type { HeldVersion } from '../../core/held/held-secret.ts';
import { canonicalStage } from '../../core/held/stage-name.ts';

/**
 * The versions after the stages have gone to one of them. A stage is on one version only; when `current` moves, the
 * version that had it becomes `previous`.
 * @param versions oldest first, the one of the id among them
 */
export function moveStages(
  versions: readonly HeldVersion[],
  id: string,
  wanted: readonly string[],
): readonly HeldVersion[] {
  const stages = new Set(wanted.map(canonicalStage));
  const last = stages.has('current') ? versions.find((version) => hasStage(version, 'current')) : undefined;
  const isLeft = (stage: string): boolean =>
    !stages.has(canonicalStage(stage)) && (last === undefined || canonicalStage(stage) !== 'previous');
  return versions.map((version) => {
    const kept = version.stages.filter(isLeft);
    if (version.id === id) return { ...version, stages: [...stages, ...kept] };
    return { ...version, stages: version === last ? ['previous', ...kept] : kept };
  });
}

const hasStage = ({ stages }: HeldVersion, stage: string): boolean =>
  stages.some((name) => canonicalStage(name) === stage);
