/** Which identity is meant where several are assigned, by one of its names; none means that of the machine itself. */
export interface ManagedIdentityId {
  readonly clientId?: string;
  readonly objectId?: string;
  readonly resourceId?: string;
}

/** The names as query parameters. @param resourceKey each service spells that of the resource id in its own way. */
export function identityQuery(
  id: ManagedIdentityId,
  resourceKey: 'msi_res_id' | 'mi_res_id',
): Readonly<Record<string, string>> {
  return {
    ...(id.clientId !== undefined && { client_id: id.clientId }),
    ...(id.objectId !== undefined && { object_id: id.objectId }),
    ...(id.resourceId !== undefined && { [resourceKey]: id.resourceId }),
  };
}
