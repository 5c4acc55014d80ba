import { ProviderError } from '../../core/errors/provider-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { Location } from '../../core/provider.ts';
import { Redacted } from '../../core/redacted.ts';
import type { Secret } from '../../core/secret.ts';
import { current } from '../../core/selector.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { type Answer, bodyOf, type GcpClient } from './client.ts';
import { crc32c } from './crc32c.ts';
import { stateOf } from './errors.ts';
import type { History } from './history.ts';
import type { LatestPolicy } from './options.ts';
import type { ResourceNames } from './resource-names.ts';
import { createStandIn, type StandIn } from './stand-in.ts';
import { versionNumber } from './version-list.ts';

export interface AccessOptions {
  readonly client: GcpClient;
  readonly names: ResourceNames;
  readonly history: History;
  readonly latestPolicy: LatestPolicy;
}

/** Reads values. */
export class Access {
  readonly #options: AccessOptions;
  readonly #standIn: StandIn;

  constructor(options: AccessOptions) {
    this.#options = options;
    this.#standIn = createStandIn({ ...options, access: (id, version, signal) => this.#access(id, version, signal) });
  }

  async read(location: Location, signal: AbortSignal): Promise<Secret> {
    const { id, selector } = location;
    const { version, stage } = selector;
    if (version !== undefined) return toSecret(await this.#access(id, version, signal), location, []);
    if (stage === undefined) return this.#readCurrent(id, signal);
    if (stage !== 'previous') return toSecret(await this.#access(id, stage, signal), location, [stage]);
    const previous = await this.#standIn.previous(id, signal);
    if (previous === undefined)
      throw new SecretNotFoundError('StageNotFound', `no enabled version of '${id}' is below the current one`);
    return toSecret(previous, location, [stage]);
  }

  /** `latest` is the newest version, be it enabled or not; the policy says whether another may stand in for it. */
  async #readCurrent(id: string, signal: AbortSignal): Promise<Secret> {
    const location = { id, selector: current };
    const latest = await this.#access(id, 'latest', signal);
    const isOff = 'failure' in latest && stateOf(latest.failure) !== undefined;
    const mayStandIn = isOff && this.#options.latestPolicy === 'enabled';
    const standIn = mayStandIn ? await this.#standIn.newestEnabled(id, latest, signal) : undefined;
    if (standIn === undefined) return toSecret(latest, location, CURRENT);
    return { ...toSecret(standIn, location, CURRENT), warnings: ['latest-not-enabled'] };
  }

  /** A payload that does not fit its checksum is asked for once more. */
  async #access(id: string, version: string, signal: AbortSignal): Promise<Answer> {
    const { client, names } = this.#options;
    const ask = { method: 'GET', path: `${names.version(id, version)}:access` } as const;
    const answer = await client(ask, signal);
    if (isIntact(answer)) return answer;
    const second = await client(ask, signal);
    if (isIntact(second)) return second;
    throw new ProviderError('InternalError', `the value of '${id}' does not fit its checksum, twice`);
  }
}

const CURRENT = ['current'];

function isIntact(answer: Answer): boolean {
  if ('failure' in answer) return true;
  const checksum = objectAt(answer.body, 'payload')['dataCrc32c'];
  // A number of 64 bits is a text in the JSON of protocol buffers; it may be absent.
  return checksum === undefined || Number(checksum) === crc32c(dataOf(answer));
}

const dataOf = (answer: Extract<Answer, { readonly body: unknown }>): Uint8Array =>
  Buffer.from(textAt(objectAt(answer.body, 'payload'), 'data') ?? '', 'base64');

function toSecret(answer: Answer, location: Location, stages: readonly string[]): Secret {
  const { id, selector } = location;
  const body = bodyOf(answer, { id, selector });
  const version = versionNumber(body);
  if (version === undefined || body['payload'] === undefined)
    throw new ProviderError('ProviderUnavailable', "the answer is not of Secret Manager: see 'endpoint'");
  const arn = (textAt(body, 'name') ?? '').replace(/\/versions\/\d+$/, '');
  const isCurrent = stages.includes('current');
  return {
    value: toValue(dataOf({ body })),
    version,
    stages,
    metadata: { name: id, arn, ...(isCurrent && { currentVersion: version, stages }) },
  };
}

/** Text when it is UTF-8, without looking for a mark of the byte order, which is a part of the value. */
function toValue(bytes: Uint8Array): Redacted | Redacted<Uint8Array> {
  try {
    return new Redacted(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return new Redacted(new Uint8Array(bytes));
  }
}
