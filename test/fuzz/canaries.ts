/** A secret of the fuzzed daemon. */
export interface Canary {
  readonly path: string;
  /** Its value, or the part of it that must not leak. */
  readonly text: string;
}

/** In the secrets file and asked for by requests: may be answered to those alone. The first two are the quick start's. */
export const askedCanaries: readonly Canary[] = [
  { path: 'db/creds', text: 'correct-horse-battery-staple' },
  { path: 'mail/token', text: 'not-a-real-token' },
  { path: 'app/key', text: 'canary-asked-7f3a91c05be2' },
  { path: 'app/json', text: 'canary-field-20d4e8b6a17c' },
];

/** In the secrets file and never asked for: must not be seen anywhere. */
export const hiddenCanaries: readonly Canary[] = [
  { path: 'hidden/plain', text: 'canary-hidden-5c81f0aa93d7' },
  { path: 'hidden/json', text: 'canary-hidden-e94b27061fd8' },
];

/** Sent in headers, parameters and bodies as a caller's credential: must not come back, nor be written anywhere. */
export const TOKEN_CANARY = 'canary-token-b1639edc4f08';

/** What is added to the quick start's secrets. */
export const extraSecrets = `
app/key: ${askedCanaries[2]?.text}
app/json: { user: app, password: ${askedCanaries[3]?.text}, port: 5432 }
hidden/plain: ${hiddenCanaries[0]?.text}
hidden/json: { password: ${hiddenCanaries[1]?.text} }
`;
