import { RequestError } from '../../core/errors/request-error.ts';
import type { Location } from '../../core/provider.ts';
import { current, type Selector } from '../../core/selector.ts';
import { parseFullName, type Place, toPath, toSecretId } from './secret-name.ts';

const VERSION = /^[1-9]\d{0,17}$/;
const ALIAS = /^[A-Za-z][\w-]{0,62}$/;

/**
 * The canonical place of a path: of a full resource name, too, but of the instance's own project and location only, since
 * a project has an id and a number and no call tells here that both are one.
 * @throws RequestError `InvalidPath`, `InvalidParameter`
 */
export function locateSecret(path: string, selector: Selector, place: Place): Location {
  const name = parseFullName(path);
  if (name === undefined) return { id: toPath(toSecretId(path)), selector: normalise(selector) };
  if (name.project !== place.project || name.location !== place.location)
    throw new RequestError(
      'InvalidPath',
      `the path '${path}' is of another project or location than this provider's, or spells it in another way`,
    );
  const id = toPath(toSecretId(name.id));
  if (name.version === undefined) return { id, selector: normalise(selector) };
  if (selector.version !== undefined || selector.stage !== undefined)
    throw new RequestError('InvalidParameter', `the path '${path}' names a version already`);
  const isNumber = /^\d/.test(name.version);
  return { id, selector: normalise(isNumber ? { version: name.version } : { stage: name.version }) };
}

/** `latest` is Google's word for the current version. */
function normalise({ version, stage }: Selector): Selector {
  if (version !== undefined && !VERSION.test(version))
    throw new RequestError('InvalidParameter', "'version' must be a whole number from 1 at Secret Manager");
  if (version !== undefined && stage !== undefined)
    throw new RequestError('InvalidParameter', "'version' and 'stage' exclude each other at Secret Manager");
  if (version !== undefined) return { version };
  if (stage === undefined || stage === 'latest') return current;
  if (!ALIAS.test(stage) || stage === 'NEW')
    throw new RequestError('InvalidParameter', "'stage' must be 'previous' or an alias of a version at Secret Manager");
  return { stage };
}
