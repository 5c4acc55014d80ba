import type { ContractConfig } from '../../contract/provider-contract.ts';

const noDeletion = { reason: 'AWS deletes secrets only, no versions' } as const;
const illegalName = { reason: 'a name at AWS has letters and digits of ASCII and /_+=.@-! alone' } as const;

/** What no Secrets Manager can do. */
export const awsUnsupported: NonNullable<ContractConfig['unsupported']> = {
  'the previous version is one that can be read': noDeletion,
  'a deleted version is VersionNotFound': noDeletion,
  'a destroyed version is VersionNotFound': noDeletion,
  'the history tells that a version is deleted': noDeletion,
  'the history tells that a version is destroyed': noDeletion,
  'a value of 900 KiB is kept': { reason: 'a value at AWS has 64 KiB at most' },
  'an unusual name is read and listed': illegalName,
};

/** Ids that AWS could have given, and one that it could not. */
export const awsVersionIds = { missing: '00000000-0000-4000-8000-000000000000', malformed: 'v1' } as const;
