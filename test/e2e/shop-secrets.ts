/** A file of secrets with one of each kind. */
export const shopSecrets = `
db/creds:
  versions:
    - { id: '1', value: { username: app, password: first }, createdAt: 2026-01-01 }
    - { id: '2', value: { username: app, password: second }, createdAt: 2026-02-01T00:00:00Z }
  tags: { team: shop, tier: a=b }
  description: the database
db/replica: plain text
dbadmin/creds: { user: root }
mail/token: not-json
numbers: { big: 9007199254740993, exact: 1.0, __proto__: { deep: [zero, one] }, a/b: slash, list: [1, { x: y }], no: null, yes: true, '': empty }
binary: { base64: /u3+7QA= }
'50% off': percent
unicode/schlüssel: wörter
`;
