/** The form fields of a login by a signed statement (RFC 7523 §2.2). */
export const assertionFields = (assertion: string): Readonly<Record<string, string>> => ({
  client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
  client_assertion: assertion,
});
