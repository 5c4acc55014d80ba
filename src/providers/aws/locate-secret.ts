import { ProviderError } from '../../core/errors/provider-error.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import type { Location } from '../../core/provider.ts';
import { current, type Selector } from '../../core/selector.ts';
import { partitionOf } from '../../credentials/aws/partitions.ts';
import type { OwnPlace } from './own-place.ts';
import { toStage } from './stages.ts';

// What CreateSecret takes, and `!` of the secrets that other services of AWS make, such as `rds!db-…`.
const NAME = /^[\w/+=.@!-]{1,512}$/;
const ARN = /^arn:([a-z0-9-]+):secretsmanager:([a-z0-9-]+):(\d{12}):secret:(.+)$/;
// AWS takes what ends so for a complete ARN, too.
const SUFFIX = /-[A-Za-z0-9]{6}$/;
// 32 to 64 characters of a client's choice, in practice a UUID.
const VERSION = /^[!-~]{32,64}$/;
// Control characters could not be in an answer's `VersionStages` either.
const LABEL = /^[ -~]{1,256}$/;

/**
 * The canonical place of a path: a name, or an ARN. An ARN of our own account and region, complete or partial, is the
 * same place as the name in it. One of another account must be complete and is its own place; one of another region is
 * refused, since a provider asks one region.
 * @throws RequestError `InvalidPath`, `InvalidParameter`; ProviderError `ProviderUnavailable` for an ARN as long as our
 * own account is not known, since it could then be told from its name and walk round a deny of it.
 */
export function locateSecret(path: string, selector: Selector, own: OwnPlace): Location {
  return { id: isArn(path) ? idOfArn(path, own) : idOfName(path), selector: canonical(selector) };
}

export const isArn = (path: string): boolean => path.startsWith('arn:');

/** Whether a secret can have this name. */
export const isName = (text: string): boolean => NAME.test(text);

/** The account that an ARN belongs to. */
export const accountOf = (arn: string): string | undefined => ARN.exec(arn)?.[3];

function idOfName(name: string): string {
  if (isName(name)) return name;
  throw new RequestError('InvalidPath', `the path '${name}' has characters that no name at AWS can have, or too many`);
}

function idOfArn(arn: string, own: OwnPlace): string {
  const [, partition = '', region = '', account = '', resource = ''] = ARN.exec(arn) ?? [];
  const name = resource.replace(SUFFIX, '');
  if (!isName(name)) throw new RequestError('InvalidPath', `the path '${arn}' is not the ARN of a secret`);
  if (own.region === undefined || own.account === undefined) throw unknownPlace();
  if (region !== own.region || partition !== partitionOf(region).name)
    throw new RequestError('InvalidPath', `the ARN '${arn}' is not of the region '${own.region}', which is asked here`);
  if (account === own.account) return name;
  if (resource === name)
    throw new RequestError('InvalidPath', `the ARN '${arn}' of another account lacks the six characters at its end`);
  return arn;
}

const unknownPlace = (): ProviderError =>
  new ProviderError('ProviderUnavailable', 'an ARN cannot be told from a name before our own account is known');

function canonical({ version, stage }: Selector): Selector {
  if (version !== undefined && !VERSION.test(version))
    throw new RequestError('InvalidParameter', "'version' must be the 32 to 64 characters of a version id of AWS");
  if (stage !== undefined && !LABEL.test(stage))
    throw new RequestError('InvalidParameter', "'stage' must be a staging label of 1 to 256 characters");
  const named = stage === undefined ? 'current' : toStage(stage);
  if (version === undefined && named === 'current') return current;
  return { ...(version !== undefined && { version }), ...(named !== 'current' && { stage: named }) };
}
