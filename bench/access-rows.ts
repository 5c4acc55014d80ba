import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { RatioPlan } from './ratio-row.ts';

const RULES = 100;
const TOKEN = 'bench-token-of-no-store-at-all-0';
const [ISSUER, AUDIENCE, SUBJECT] = ['https://issuer.example', 'keyfob', 'system:serviceaccount:bench:bench'];

const askWith = (token: string) =>
  ({ method: 'GET', path: '/v1/secrets/value/60', headers: { Authorization: `Bearer ${token}` } }) as const;

/** A caller with a token, and what else the configuration says of it. */
const caller = (rules: object) => ({
  access: { mode: 'token', callers: [{ name: 'bench', token: TOKEN, operations: ['get'], ...rules }] },
});

const names = (what: string): readonly string[] => Array.from({ length: RULES }, (_, at) => `${what}/${at}/**`);

/** Cached reads by callers who have to show who they are. @param directory for the keys of web tokens */
export async function accessRows(directory: string): Promise<readonly RatioPlan[]> {
  const ask = askWith(TOKEN);
  return [
    { name: 'cached GET, 60 B, token', ask, settings: caller({ allow: ['**'] }) },
    {
      name: `cached GET, 60 B, token, policy of ${2 * RULES} rules`,
      ask,
      settings: caller({ deny: names('not'), allow: [...names('other').slice(1), 'value/*'] }),
    },
    await webTokenRow(directory),
  ];
}

async function webTokenRow(directory: string): Promise<RatioPlan> {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwksFile = join(directory, 'jwks.json');
  await writeFile(jwksFile, JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench' }] }));
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(SUBJECT)
    .setIssuedAt()
    .setExpirationTime('12h')
    .sign(privateKey);
  const access = {
    mode: 'jwt',
    jwt: { issuer: ISSUER, audience: AUDIENCE, jwksFile },
    callers: [{ name: 'bench', subject: SUBJECT, operations: ['get'], allow: ['**'] }],
  };
  return { name: 'cached GET, 60 B, web token', ask: askWith(token), settings: { access } };
}
