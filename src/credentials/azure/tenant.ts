const TENANT = /^(?!\.+$)[0-9a-zA-Z-.]+$/;
const TENANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether the text can name a tenant, by id or by domain: nothing that leads to another path of the login host. */
export const isTenant = (text: string): boolean => TENANT.test(text);

/** Whether the texts are ids of two tenants. Of a domain nobody but Entra knows which tenant it belongs to. */
export const areDifferentTenants = (a: string, b: string): boolean =>
  TENANT_ID.test(a) && TENANT_ID.test(b) && a.toLowerCase() !== b.toLowerCase();
