import type { SecretProvider } from '../core/provider.ts';

type Names = Pick<SecretProvider, 'isFullIdentifier' | 'isSamePlace' | 'spellPattern'>;

/** How the store names its secrets: the policy has to know, whatever stands before the store. */
export const namesOf = (provider: SecretProvider): Names => ({
  isFullIdentifier: (path) => provider.isFullIdentifier?.(path) === true,
  isSamePlace: (a, b) => provider.isSamePlace?.(a, b) === true,
  ...(provider.spellPattern !== undefined && { spellPattern: provider.spellPattern }),
});
