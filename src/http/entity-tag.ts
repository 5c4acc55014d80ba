/** Whether an `If-None-Match` names the entity tag: RFC 9110 §13.1.2, weak comparison. */
export function matchesEntityTag(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false;
  return condition === '*' || condition.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}
