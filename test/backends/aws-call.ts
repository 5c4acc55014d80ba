import { Redacted } from '../../src/core/redacted.ts';
import { signRequest } from '../../src/credentials/aws/sign.ts';

/** A key pair that a test signs with. */
export interface TestKeys {
  readonly id: string;
  readonly secret: string;
}

export interface AwsCall {
  readonly address: string;
  readonly service: string;
  readonly region: string;
  readonly keys: TestKeys;
  /** Of a service that speaks JSON. */
  readonly target?: string;
  readonly body: string;
}

export interface AwsAnswer {
  readonly status: number;
  readonly text: string;
}

/** A signed call as somebody else than the provider makes it, whatever it answers. */
export async function askAws({ address, service, region, keys, target, body }: AwsCall): Promise<AwsAnswer> {
  const url = new URL(address);
  const headers = signRequest({
    credentials: { accessKeyId: keys.id, secretAccessKey: new Redacted(keys.secret), source: 'the test' },
    region,
    service,
    method: 'POST',
    url,
    headers:
      target === undefined
        ? { 'Content-Type': 'application/x-www-form-urlencoded' }
        : { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': target },
    body,
    date: new Date(),
  });
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) });
  return { status: answer.status, text: await answer.text() };
}

/** Likewise to Secrets Manager, and must succeed. */
export async function callSecretsManager(
  place: Pick<AwsCall, 'address' | 'region' | 'keys'>,
  operation: string,
  input: object,
  // oxlint-disable-next-line typescript/no-explicit-any -- answers of a real server, looked at by tests alone
): Promise<any> {
  const call = { ...place, service: 'secretsmanager', target: `secretsmanager.${operation}` };
  const { status, text } = await askAws({ ...call, body: JSON.stringify(input) });
  if (status !== 200) throw new Error(`${operation} answered ${status}: ${text}`);
  return JSON.parse(text);
}
