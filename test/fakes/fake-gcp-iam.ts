const ALL = '*';

/** Who may do what: by roles on the project, and by grants and refusals of single secrets. */
export class FakeIam {
  readonly #roles = new Map<string, readonly string[]>();
  readonly #grants = new Set<string>();
  readonly #refused = new Set<string>();

  /** What an account may do with every secret; all, unless it is said here. */
  setPermissions(email: string, permissions: readonly string[]): void {
    this.#roles.set(email, permissions);
  }

  /** Lets an account read one secret. */
  grant(email: string, id: string): void {
    this.#grants.add(`${email} ${id}`);
  }

  /** Takes one secret from everyone. */
  refuse(id: string): void {
    this.#refused.add(id);
  }

  allows(email: string, id: string, permission: string): boolean {
    if (this.#refused.has(id)) return false;
    const role = this.#roles.get(email) ?? [ALL];
    if (role.includes(ALL) || role.includes(permission)) return true;
    return permission === 'secretmanager.versions.access' && this.#grants.has(`${email} ${id}`);
  }
}
