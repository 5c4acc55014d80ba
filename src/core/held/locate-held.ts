import { RequestError } from '../errors/request-error.ts';
import type { Location } from '../provider.ts';
import { parseSecretPath } from '../secret-path.ts';
import { type Selector, toSelector } from '../selector.ts';
import { canonicalStage, isStageName } from './stage-name.ts';
import { isVersionId } from './version-id.ts';

/**
 * The canonical place of a path: the path itself, with the stages of AWS under our names.
 * @throws RequestError `InvalidPath`, `InvalidParameter`
 */
export function locateHeld(path: string, { version, stage }: Selector): Location {
  if (version !== undefined && stage !== undefined)
    throw new RequestError('InvalidParameter', "'version' and 'stage' exclude each other");
  if (version !== undefined && !isVersionId(version))
    throw new RequestError('InvalidParameter', "'version' is no version id of this store");
  if (stage !== undefined && !isStageName(stage))
    throw new RequestError('InvalidParameter', "'stage' is no stage of this store");
  const canonical = stage === undefined ? undefined : canonicalStage(stage);
  return { id: parseSecretPath(path), selector: toSelector(version, canonical) };
}
