import type { EntraClient } from './entra-login.ts';
import { type Environment, variable } from '../../core/environment.ts';
import { isTenant } from './tenant.ts';

/** The application that `AZURE_TENANT_ID` and `AZURE_CLIENT_ID` tell of. */
export function environmentClient(env: Environment, authority: URL): EntraClient | undefined {
  const tenantId = variable(env, 'AZURE_TENANT_ID');
  const clientId = variable(env, 'AZURE_CLIENT_ID');
  if (tenantId === undefined || clientId === undefined || !isTenant(tenantId)) return undefined;
  return { tenantId, clientId, authority };
}
