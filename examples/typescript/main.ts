// Reads secrets of a daemon through types that are made from its contract.
import { connect } from './connect.ts';

const { KEYFOB_ADDR = 'http://127.0.0.1:8200', KEYFOB_TOKEN } = process.env;
const keyfob = connect(KEYFOB_ADDR, KEYFOB_TOKEN);

// The path of a secret has slashes. The client sends them as %2F, which means the same to the daemon.
const secret = await keyfob.GET('/v1/secrets/{path}', {
  params: { path: { path: 'db/creds' }, query: { key: 'username' } },
});
if (secret.error !== undefined) throw new Error(`${secret.error.code}: ${secret.error.detail}`);
console.log(`username: ${secret.data.value} (version ${secret.data.version} of ${secret.data.provider})`);

const list = await keyfob.GET('/v1/secrets', { params: { query: { prefix: 'db/' } } });
console.log(`secrets under db/: ${list.data?.secrets.map(({ path }) => path).join(', ')}`);

const known = await keyfob.GET('/v1/metadata/{path}', { params: { path: { path: 'db/creds' } } });
console.log(`db/creds has the stages: ${known.data?.stages?.join(', ')}`);

// What goes wrong is a problem with a stable code.
const missing = await keyfob.GET('/v1/secrets/{path}', { params: { path: { path: 'no/such/secret' } } });
console.log(`missing: ${missing.error?.code}, to be tried again: ${missing.error?.retryable}`);
