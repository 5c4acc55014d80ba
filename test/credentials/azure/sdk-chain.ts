import { readFileSync } from 'node:fs';
import tls from 'node:tls';
import { parentPort, workerData } from 'node:worker_threads';
import { DefaultAzureCredential } from '@azure/identity';

/** One environment to look for a credential in. */
export interface ChainQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly scope: string;
}

/**
 * Run as a worker, whose environment is its own. The official library keeps the first managed identity and its tokens
 * for the life of a process, so they are taken away before each question. If a new release keeps them elsewhere, the
 * tokens of an earlier question come back, which the test does not know.
 */
async function forget(): Promise<void> {
  const index = import.meta.resolve('@azure/msal-node');
  const places = [
    ['./client/ManagedIdentityClient.mjs', 'ManagedIdentityClient', 'identitySource'],
    ['./client/ManagedIdentityApplication.mjs', 'ManagedIdentityApplication', 'nodeStorage'],
  ] as const;
  for (const [file, name, field] of places) {
    const module: Readonly<Record<string, object>> = await import(new URL(file, index).href);
    Reflect.set(module[name] ?? {}, field, undefined);
  }
}

async function answer({ env, scope }: ChainQuestion): Promise<object> {
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, env);
  await forget();
  try {
    const credential = new DefaultAzureCredential({ disableInstanceDiscovery: true, retryOptions: { maxRetries: 0 } });
    return { token: (await credential.getToken(scope)).token };
  } catch (error) {
    return { error: String(error) };
  }
}

const { ca }: { readonly ca: string } = workerData;
tls.setDefaultCACertificates([readFileSync(ca, 'utf8')]);
parentPort?.on('message', (question: ChainQuestion) => {
  // Nothing of it fails: each failure is an answer.
  void answer(question).then((outcome) => parentPort?.postMessage(outcome, []));
});
