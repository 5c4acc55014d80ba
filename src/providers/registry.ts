import type { ProviderKind } from '../core/provider.ts';
import { localProvider } from './local/provider.ts';
import { vaultProvider } from './vault/provider.ts';

/** The stores that can be configured, one row each. */
export const providerKinds: readonly ProviderKind[] = [localProvider, vaultProvider];
