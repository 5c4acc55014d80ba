import type { OpenBao } from './openbao.ts';

export interface ApproleOptions {
  readonly policies: readonly string[];
  /** Durations such as `2s`. */
  readonly ttl?: string;
  readonly maxTtl?: string;
}

/** Makes a role, enabling the login where it is not yet; gives the provider's `auth`. */
export async function createApprole(
  bao: OpenBao,
  name: string,
  { policies, ttl = '1h', maxTtl = '4h' }: ApproleOptions,
): Promise<{ readonly method: 'approle'; readonly roleId: string; readonly secretId: string }> {
  await bao.ask('sys/auth/approle', { type: 'approle' });
  const role = `auth/approle/role/${name}`;
  await bao.call(role, { token_ttl: ttl, token_max_ttl: maxTtl, token_policies: policies });
  const { data: id } = await bao.call(`${role}/role-id`);
  const { data: secret } = await bao.call(`${role}/secret-id`, {});
  return { method: 'approle', roleId: id.role_id, secretId: secret.secret_id };
}

/** Writes a policy in HCL. */
export const writePolicy = (bao: OpenBao, name: string, policy: string): Promise<unknown> =>
  bao.call(`sys/policies/acl/${name}`, { policy });
