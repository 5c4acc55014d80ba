import { RequestError } from '../../core/errors/request-error.ts';
import type { Location } from '../../core/provider.ts';
import { parseSecretPath } from '../../core/secret-path.ts';
import { type Selector, toSelector } from '../../core/selector.ts';
import { canonicalStage, isStageName } from './stage-name.ts';
import { isVersionId } from './version-id.ts';

/**
 * The canonical place of a path: the path itself, with the stages of AWS under our names.
 * @throws RequestError `InvalidPath`, `InvalidParameter`
 */
export function locateLocal(path: string, { version, stage }: Selector): Location {
  if (version !== undefined && stage !== undefined)
    throw new RequestError('InvalidParameter', "'version' and 'stage' exclude each other");
  if (version !== undefined && !isVersionId(version))
    throw new RequestError('InvalidParameter', "'version' is no version id of a local secret");
  if (stage !== undefined && !isStageName(stage))
    throw new RequestError('InvalidParameter', "'stage' is no stage of a local secret");
  const canonical = stage === undefined ? undefined : canonicalStage(stage);
  return { id: parseSecretPath(path), selector: toSelector(version, canonical) };
}
