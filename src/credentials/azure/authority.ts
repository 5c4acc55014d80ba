import { type Environment, variable } from '../../core/environment.ts';

/** Login hosts of the national clouds, by the domain of their vaults. */
const AUTHORITIES: ReadonlyMap<string, string> = new Map([
  ['vault.azure.cn', 'https://login.chinacloudapi.cn'],
  ['vault.usgovcloudapi.net', 'https://login.microsoftonline.us'],
]);
const PUBLIC = 'https://login.microsoftonline.com';

/** Where Entra is for a vault, unless it is configured: `AZURE_AUTHORITY_HOST`, else the login of the vault's cloud. */
export function defaultAuthority(vaultHost: string, env: Environment): string {
  const fromEnvironment = variable(env, 'AZURE_AUTHORITY_HOST');
  // The libraries of Azure take the name of a host, too.
  if (fromEnvironment !== undefined)
    return fromEnvironment.includes('://') ? fromEnvironment : `https://${fromEnvironment}`;
  return AUTHORITIES.get(vaultHost.slice(vaultHost.indexOf('.') + 1).toLowerCase()) ?? PUBLIC;
}
