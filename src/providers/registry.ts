import type { ProviderKind } from '../core/provider.ts';
import { awsProvider } from './aws/provider.ts';
import { azureProvider } from './azure/provider.ts';
import { gcpProvider } from './gcp/provider.ts';
import { localProvider } from './local/provider.ts';
import { vaultProvider } from './vault/provider.ts';

/** The stores that can be configured, one row each. */
export const providerKinds: readonly ProviderKind[] = [
  localProvider,
  vaultProvider,
  awsProvider,
  azureProvider,
  gcpProvider,
];
