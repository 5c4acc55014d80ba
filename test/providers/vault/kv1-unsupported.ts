import type { CaseName, Exception } from '../../contract/provider-contract.ts';
import { kvUnsupported } from './kv-unsupported.ts';

const noHistory = {
  reason: 'KV version 1 keeps no versions',
  error: 'ConfigurationError/InvalidProvider',
} as const satisfies Exception;
const noPrevious = {
  reason: 'KV version 1 keeps one value',
  error: 'SecretNotFoundError/StageNotFound',
} as const satisfies Exception;
const noDeletion = { reason: 'KV version 1 has no versions to delete' } as const satisfies Exception;

/** Cases of the contract that an engine of version 1 falls short of. */
export const kv1Unsupported: { readonly [name in CaseName]?: Exception } = {
  ...kvUnsupported,
  'each version is read by its id': noHistory,
  'the history is newest first': noHistory,
  'the history is paged': noHistory,
  'the previous version is the one before': noPrevious,
  'the previous version is one that can be read': noDeletion,
  'a deleted version is VersionNotFound': noHistory,
  'a destroyed version is VersionNotFound': noHistory,
  'the history tells that a version is deleted': noHistory,
  'the history tells that a version is destroyed': noHistory,
};
