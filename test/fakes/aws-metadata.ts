import { Loopback, type LoopbackAnswer } from './aws-loopback.ts';
import type { SignedMessage } from './aws-signature-check.ts';

/** Credentials as the metadata services write them. */
export interface MetadataKeys {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly Token: string;
  readonly Expiration: string;
}

export const metadataKeys = (name: string, expiresAtMs: number): MetadataKeys => ({
  AccessKeyId: `ASIA${name}`,
  SecretAccessKey: `secret-of-${name}`,
  Token: `token-of-${name}`,
  Expiration: new Date(expiresAtMs).toISOString(),
});

/** What the metadata services of a machine do; change it at will. */
export interface MetadataState {
  keys: MetadataKeys;
  role: string | undefined;
  region: string | undefined;
  /** Answers before the fake does. */
  fault: (message: SignedMessage) => LoopbackAnswer | 'hang' | 'reset' | undefined;
}

const ROLES = '/latest/meta-data/iam/security-credentials/';
const json = (value: object): LoopbackAnswer => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify(value),
});
const plain = (status: number, text: string): LoopbackAnswer => ({ status, text });

/** The EC2 instance metadata service on loopback, version 2 only. */
export class FakeImds {
  readonly state: MetadataState;
  readonly server: Loopback;
  #tokens = 0;

  constructor(keys: MetadataKeys) {
    this.state = { keys, role: 'instance-role', region: undefined, fault: () => undefined };
    this.server = new Loopback((message) => this.state.fault(message) ?? this.#answer(message));
  }

  #answer({ method, target, headers }: SignedMessage): LoopbackAnswer {
    const { role, keys, region } = this.state;
    if (method === 'PUT' && target === '/latest/api/token') {
      const seconds = Number(headers['x-aws-ec2-metadata-token-ttl-seconds']);
      if (!Number.isInteger(seconds) || seconds < 1 || seconds > 21_600) return plain(400, 'Bad Request');
      return headers['x-forwarded-for'] === undefined ? plain(200, `imds-token-${++this.#tokens}`) : plain(403, '');
    }
    if (headers['x-aws-ec2-metadata-token'] !== `imds-token-${this.#tokens}`) return plain(401, 'Unauthorized');
    if (method !== 'GET') return plain(405, '');
    if (target === '/latest/meta-data/placement/region' && region !== undefined) return plain(200, region);
    if (target === ROLES && role !== undefined) return plain(200, `${role}\n`);
    if (target === `${ROLES}${role}`) return json({ Code: 'Success', Type: 'AWS-HMAC', ...keys });
    return plain(404, 'Not Found');
  }
}

export async function startFakeImds(keys: MetadataKeys): Promise<FakeImds> {
  const imds = new FakeImds(keys);
  await imds.server.listen();
  return imds;
}

/** The agent of ECS or of EKS Pod Identity on loopback: `GET /v1/credentials`. */
export class FakeContainerAgent {
  readonly state: Pick<MetadataState, 'keys' | 'fault'> & {
    /** The bare token that it wants; undefined wants none. */
    token: string | undefined;
  };
  readonly server: Loopback;

  constructor(keys: MetadataKeys) {
    this.state = { keys, fault: () => undefined, token: undefined };
    this.server = new Loopback((message) => this.state.fault(message) ?? this.#answer(message));
  }

  get uri(): string {
    return `${this.server.address}/v1/credentials`;
  }

  #answer({ method, target, headers }: SignedMessage): LoopbackAnswer {
    if (method !== 'GET' || target !== '/v1/credentials') return plain(404, '');
    if (headers['authorization'] !== this.state.token) return plain(401, '{"Code":"AccessDenied","Message":"no"}');
    return json({ ...this.state.keys, AccountId: '123456789012', RoleArn: 'arn:aws:iam::123456789012:role/task' });
  }
}

export async function startFakeContainerAgent(keys: MetadataKeys): Promise<FakeContainerAgent> {
  const agent = new FakeContainerAgent(keys);
  await agent.server.listen();
  return agent;
}
