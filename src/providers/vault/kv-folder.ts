import { isSuccess, type Answer } from './answer.ts';
import { toSecretError } from './errors.ts';
import { objectAt } from '../../core/json-fields.ts';
import { isBareNotFound } from './kv-answer.ts';

/** The names in what a LIST of a KV folder answered; none when there is no such folder. */
export function parseFolder(answer: Answer, folder: string): readonly string[] {
  if (isBareNotFound(answer)) return [];
  if (!isSuccess(answer)) throw toSecretError(answer, { id: folder });
  const keys = objectAt(answer.body ?? {}, 'data')['keys'];
  return Array.isArray(keys) ? keys.filter((key) => typeof key === 'string') : [];
}
