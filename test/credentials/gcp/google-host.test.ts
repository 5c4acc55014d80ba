import { test } from 'tap';
import { gcpMetadata } from 'google-auth-library';
import { isGoogleHost } from '../../../src/credentials/gcp/google-host.ts';

test('functions and services of Google say so by themselves', async (t) => {
  for (const name of ['K_SERVICE', 'FUNCTION_NAME', 'CLOUD_RUN_JOB', 'CLOUD_RUN_WORKER_POOL'])
    t.equal(await isGoogleHost({ [name]: 'x' }), true, name);
});

test('the signs of this machine are read as the library reads them', async (t) => {
  t.equal(await isGoogleHost({}), gcpMetadata.isGoogleComputeEngine());
});
