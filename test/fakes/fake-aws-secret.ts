import { randomUUID } from 'node:crypto';

/** One version of a secret in the fake. */
export interface FakeVersion {
  readonly id: string;
  readonly text?: string;
  /** Base64. */
  readonly binary?: string;
  /** Seconds since 1970, with a fraction. */
  readonly createdAt: number;
  readonly labels: Set<string>;
}

export interface FakeRotation {
  enabled: boolean;
  readonly next?: number;
}

const newId = (): string => randomUUID();

/** A secret in the fake, with the moves of labels that AWS makes. */
export class FakeAwsSecret {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: FakeVersion[] = [];
  description: string | undefined;
  createdAt: number;
  deletedAt: number | undefined;
  rotation: FakeRotation | undefined;
  primaryRegion: string | undefined;
  /** How KMS fails to decrypt its values. */
  kms: 'works' | 'refuses' | 'disabled' = 'works';

  constructor(arn: string, name: string, { tags, createdAt }: { tags: Record<string, string>; createdAt: number }) {
    this.arn = arn;
    this.name = name;
    this.tags = tags;
    this.createdAt = createdAt;
  }

  /** Adds a version. Without labels it becomes the current one. */
  put(value: string | Uint8Array | undefined, { id = newId(), labels = ['AWSCURRENT'], createdAt = 0 } = {}): string {
    const content =
      typeof value === 'string' ? { text: value } : value && { binary: Buffer.from(value).toString('base64') };
    this.versions.push({ id, ...content, createdAt, labels: new Set() });
    for (const label of labels) this.move(label, id);
    return id;
  }

  /** Puts a label on a version and takes it from another; the one that was current becomes the previous. */
  move(label: string, id: string): void {
    const holder = this.with(label);
    for (const version of this.versions) version.labels.delete(label);
    this.version(id)?.labels.add(label);
    if (label === 'AWSCURRENT' && holder !== undefined && holder.id !== id) this.move('AWSPREVIOUS', holder.id);
  }

  version(id: string): FakeVersion | undefined {
    return this.versions.find((version) => version.id === id);
  }

  with(label: string): FakeVersion | undefined {
    return this.versions.find((version) => version.labels.has(label));
  }

  /** What DescribeSecret and ListSecrets tell alike; only fields with a value. */
  describe(): Record<string, unknown> {
    return {
      ARN: this.arn,
      Name: this.name,
      CreatedDate: this.createdAt,
      LastChangedDate: this.versions.at(-1)?.createdAt ?? this.createdAt,
      ...(this.description !== undefined && { Description: this.description }),
      ...(this.deletedAt !== undefined && { DeletedDate: this.deletedAt }),
      ...(this.rotation !== undefined && { RotationEnabled: this.rotation.enabled }),
      ...(this.rotation?.next !== undefined && { NextRotationDate: this.rotation.next }),
      ...(this.primaryRegion !== undefined && { PrimaryRegion: this.primaryRegion }),
      ...(Object.keys(this.tags).length > 0 && {
        Tags: Object.entries(this.tags).map(([Key, Value]) => ({ Key, Value })),
      }),
    };
  }

  /** Labels by version id; versions without any are left out, as AWS does. */
  labels(): Record<string, readonly string[]> {
    const labelled = this.versions.filter(({ labels }) => labels.size > 0);
    return Object.fromEntries(labelled.map(({ id, labels }) => [id, [...labels]]));
  }
}
