import { randomBytes, randomUUID } from 'node:crypto';
import { toFilters } from './fake-aws-filters.ts';
import { FakeAwsSecret } from './fake-aws-secret.ts';
import { awsFailures, FakeAwsFailure } from './fake-aws-failure.ts';

type Input = Readonly<Record<string, unknown>>;
type Output = Record<string, unknown>;

const NAME = /^[\w/+=.@!-]{1,512}$/;
const MAX_VALUE_BYTES = 65_536;

/** The members that each operation knows; any other is refused, which AWS would not do. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  GetSecretValue: ['SecretId', 'VersionId', 'VersionStage'],
  BatchGetSecretValue: ['SecretIdList', 'Filters', 'MaxResults', 'NextToken'],
  DescribeSecret: ['SecretId'],
  ListSecrets: ['Filters', 'MaxResults', 'NextToken', 'SortBy', 'SortOrder', 'IncludePlannedDeletion'],
  ListSecretVersionIds: ['SecretId', 'IncludeDeprecated', 'MaxResults', 'NextToken'],
  RotateSecret: ['SecretId', 'ClientRequestToken', 'RotateImmediately'],
};

export interface FakeStoreOptions {
  readonly region: string;
  readonly account: string;
}

/** The secrets of one account in one region, and what the operations of Secrets Manager answer about them. */
export class FakeAwsStore {
  readonly secrets = new Map<string, FakeAwsSecret>();
  /** `GetSecretValue` for all secrets, or `GetSecretValue:name` for one. */
  readonly denied = new Set<string>();
  readonly deniedByResource = new Set<string>();
  /** ListSecrets sends this many pages without an item, each with a token, before the first that has one. */
  emptyPages = 0;
  readonly #options: FakeStoreOptions;
  readonly #tokens = new Map<string, { readonly scope: string; readonly start: number; readonly empty: number }>();
  #writes = 0;

  constructor(options: FakeStoreOptions) {
    this.#options = options;
  }

  /** A new secret, or one more version of it, as CreateSecret and PutSecretValue take it. */
  put(name: string, value: string | Uint8Array, tags: Record<string, string> = {}): FakeAwsSecret {
    if (!NAME.test(name)) throw awsFailures.validation('Invalid name.');
    if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
      throw awsFailures.validation('Member must have length at most 65536');
    const secret = this.secrets.get(name) ?? this.add(name, tags);
    secret.put(value, { createdAt: this.#now() });
    return secret;
  }

  /** A secret without a value. */
  add(name: string, tags: Record<string, string> = {}): FakeAwsSecret {
    const { region, account } = this.#options;
    const suffix = randomBytes(3).toString('hex');
    const arn = `arn:aws:secretsmanager:${region}:${account}:secret:${name}-${suffix}`;
    const secret = new FakeAwsSecret(arn, name, { tags, createdAt: this.#now() });
    this.secrets.set(name, secret);
    return secret;
  }

  /** @throws FakeAwsFailure */
  answer(operation: string, input: Input): Output {
    const members = MEMBERS[operation];
    if (members === undefined) throw new FakeAwsFailure('UnknownOperationException', '');
    for (const member of Object.keys(input))
      if (!members.includes(member)) throw new FakeAwsFailure('SerializationException', `${member} is not known`);
    switch (operation) {
      case 'GetSecretValue':
        return this.#getValue(input);
      case 'BatchGetSecretValue':
        return this.#getValues(input);
      case 'DescribeSecret':
        return this.#describe(input);
      case 'ListSecrets':
        return this.#list(input);
      case 'ListSecretVersionIds':
        return this.#listVersions(input);
      default:
        return this.#rotate(input);
    }
  }

  #getValue(input: Input): Output {
    const secret = this.#find('GetSecretValue', input['SecretId']);
    if (secret.deletedAt !== undefined) throw awsFailures.deleted();
    const versionId = textIn(input, 'VersionId');
    const label = textIn(input, 'VersionStage') ?? (versionId === undefined ? 'AWSCURRENT' : undefined);
    const version = versionId === undefined ? secret.with(label ?? '') : secret.version(versionId);
    if (version === undefined)
      throw versionId === undefined ? awsFailures.noStage(label ?? '') : awsFailures.noVersion(versionId);
    if (label !== undefined && !version.labels.has(label)) throw awsFailures.mismatch();
    if (secret.kms === 'refuses') throw awsFailures.kmsRefused();
    if (secret.kms === 'disabled') throw awsFailures.kmsDisabled();
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      VersionStages: [...version.labels],
      CreatedDate: version.createdAt,
      ...(version.text !== undefined && { SecretString: version.text }),
      ...(version.binary !== undefined && { SecretBinary: version.binary }),
    };
  }

  #getValues({ SecretIdList: list, Filters: filters }: Input): Output {
    if (this.denied.has('BatchGetSecretValue')) throw awsFailures.denied('BatchGetSecretValue', '*');
    if (filters !== undefined || !Array.isArray(list) || list.length < 1 || list.length > 20)
      throw awsFailures.validation('Value at secretIdList failed to satisfy constraint');
    if (new Set(list).size < list.length)
      throw new FakeAwsFailure('InvalidParameterException', 'a secret is named twice');
    const SecretValues: Output[] = [];
    const Errors: Output[] = [];
    for (const SecretId of list) {
      try {
        SecretValues.push(this.#getValue({ SecretId }));
      } catch (error) {
        if (!(error instanceof FakeAwsFailure)) throw error;
        Errors.push({ SecretId, ErrorCode: error.code, Message: error.message });
      }
    }
    // AWS keeps no order.
    return { SecretValues: SecretValues.toReversed(), Errors };
  }

  #describe({ SecretId: id }: Input): Output {
    const secret = this.#find('DescribeSecret', id);
    return { ...secret.describe(), VersionIdsToStages: secret.labels() };
  }

  #list(input: Input): Output {
    if (this.denied.has('ListSecrets')) throw awsFailures.denied('ListSecrets', '*');
    const { MaxResults: size = 100, SortBy: by, SortOrder: order, IncludePlannedDeletion: withDeleted = false } = input;
    if (typeof size !== 'number' || size < 1 || size > 100) throw awsFailures.validation('maxResults');
    const filters = toFilters(input['Filters']);
    const found = [...this.secrets.values()]
      .filter(
        (secret) => (withDeleted === true || secret.deletedAt === undefined) && filters.every((fits) => fits(secret)),
      )
      .sort((a, b) => (by === 'name' ? a.name.localeCompare(b.name) : b.createdAt - a.createdAt));
    if (order === 'asc' && by !== 'name') found.reverse();
    const page = this.#page(found, {
      size,
      token: textIn(input, 'NextToken'),
      scope: JSON.stringify([filters.length, by, order]),
    });
    return {
      SecretList: page.items.map((secret) => ({ ...secret.describe(), SecretVersionsToStages: secret.labels() })),
      ...(page.next !== undefined && { NextToken: page.next }),
    };
  }

  #listVersions(input: Input): Output {
    const secret = this.#find('ListSecretVersionIds', input['SecretId']);
    const { MaxResults: size = 100, IncludeDeprecated: all = false } = input;
    if (typeof size !== 'number' || size < 1 || size > 100) throw awsFailures.validation('maxResults');
    const found = secret.versions
      .filter(({ labels }) => all === true || labels.size > 0)
      // In no order that a client could rely on.
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    const page = this.#page(found, { size, token: textIn(input, 'NextToken'), scope: secret.arn, isPlain: true });
    return {
      ARN: secret.arn,
      Name: secret.name,
      Versions: page.items.map(({ id, labels, createdAt }) => ({
        VersionId: id,
        CreatedDate: createdAt,
        ...(labels.size > 0 && { VersionStages: [...labels] }),
      })),
      ...(page.next !== undefined && { NextToken: page.next }),
    };
  }

  #rotate({ SecretId: id, ClientRequestToken: token }: Input): Output {
    if (typeof token !== 'string' || token.length < 32 || token.length > 64)
      throw awsFailures.validation('clientRequestToken');
    const secret = this.#find('RotateSecret', id);
    if (secret.deletedAt !== undefined) throw awsFailures.deleted();
    if (secret.rotation === undefined) throw awsFailures.noRotation();
    const pending = secret.with('AWSPENDING');
    if (pending !== undefined && !pending.labels.has('AWSCURRENT')) throw awsFailures.rotating();
    secret.put(undefined, { id: token, labels: ['AWSPENDING'], createdAt: this.#now() });
    return { ARN: secret.arn, Name: secret.name, VersionId: token };
  }

  #find(operation: string, id: unknown): FakeAwsSecret {
    if (typeof id !== 'string' || id === '' || id.length > 2048) throw awsFailures.validation('secretId');
    const isArn = id.startsWith('arn:');
    if (!isArn && !NAME.test(id)) throw awsFailures.validation('Invalid name.');
    const secret = isArn
      ? this.secrets.values().find(({ arn }) => arn === id || arn.replace(/-[^-]{6}$/, '') === id)
      : this.secrets.get(id);
    const name = secret?.name ?? id;
    if (this.denied.has(operation) || this.denied.has(`${operation}:${name}`)) throw awsFailures.denied(operation, id);
    if (this.deniedByResource.has(name)) throw awsFailures.deniedByResource(operation, id);
    if (secret === undefined) throw awsFailures.noSecret();
    return secret;
  }

  #page<T>(
    all: readonly T[],
    {
      size,
      token,
      scope,
      isPlain = false,
    }: { size: number; token: string | undefined; scope: string; isPlain?: boolean },
  ): { readonly items: readonly T[]; readonly next: string | undefined } {
    const place = token === undefined ? { scope, start: 0, empty: 0 } : this.#tokens.get(token);
    if (place?.scope !== scope) throw awsFailures.badToken();
    const { start, empty } = place;
    const isEmpty = !isPlain && empty < this.emptyPages;
    const items = isEmpty ? [] : all.slice(start, start + size);
    const end = start + items.length;
    if (!isEmpty && end >= all.length) return { items, next: undefined };
    const next = randomUUID();
    this.#tokens.set(next, { scope, start: end, empty: isEmpty ? empty + 1 : 0 });
    return { items, next };
  }

  /** A later time for each write, as AWS's clock has it. */
  #now(): number {
    return Date.now() / 1000 + ++this.#writes / 1000;
  }
}

function textIn(input: Input, member: string): string | undefined {
  const value = input[member];
  if (value === undefined || (typeof value === 'string' && value !== '')) return value;
  throw awsFailures.validation(member);
}
