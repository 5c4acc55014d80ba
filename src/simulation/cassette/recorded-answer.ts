import { Redacted } from '../../core/redacted.ts';
import type { Page, Secret, SecretLease, SecretMetadata, SecretValue, SecretVersion } from '../../core/secret.ts';
import type { Answers, CallName } from '../question.ts';

/** A secret as a cassette has it. */
interface RecordedSecret extends Omit<Secret, 'value' | 'lease'> {
  readonly value: { readonly text: string } | { readonly base64: string };
  readonly lease?: Pick<SecretLease, 'durationMs' | 'isRenewable'>;
}

/** An answer as JSON. @param keep what is written in place of a value */
export function toRecordedAnswer<K extends CallName>(
  name: K,
  answer: Answers[K],
  keep: (value: SecretValue) => SecretValue,
): unknown {
  const write: Writers[K] = writers[name];
  return write === undefined ? answer : write(answer, keep);
}

/** @param json what `toRecordedAnswer` has written */
export function fromRecordedAnswer<K extends CallName>(name: K, json: unknown): Answers[K] {
  return readers[name](json);
}

type Writers = {
  readonly [K in CallName]?: (answer: Answers[K], keep: (value: SecretValue) => SecretValue) => unknown;
};
type Readers = { readonly [K in CallName]: (json: unknown) => Answers[K] };

const writers: Writers = {
  get: ({ value, lease, ...secret }, keep): RecordedSecret => {
    const content = keep(value).expose();
    return {
      ...secret,
      value: typeof content === 'string' ? { text: content } : { base64: Buffer.from(content).toString('base64') },
      ...(lease !== undefined && { lease: { durationMs: lease.durationMs, isRenewable: lease.isRenewable } }),
    };
  },
};

// We have written them; the casts say no more than that.
const readers: Readers = {
  get: (json) => toSecret(json as RecordedSecret),
  list: (json) => withItems(json as Page<SecretMetadata>),
  describe: (json) => withDates(json as SecretMetadata),
  versions: (json) => withItems(json as Page<SecretVersion>),
  rotate: (json) => json as Answers['rotate'],
  health: (json) => json as Answers['health'],
  renew: (json) => json as number,
  return: () => undefined,
};

function toSecret({ value, lease, ...secret }: RecordedSecret): Secret {
  return {
    ...withDates(secret),
    metadata: withDates(secret.metadata),
    value:
      'text' in value
        ? new Redacted(value.text)
        : new Redacted<Uint8Array>(Uint8Array.from(Buffer.from(value.base64, 'base64'))),
    // Whoever plays it back asks for its calls there.
    ...(lease !== undefined && {
      lease: { ...lease, renew: () => Promise.resolve(lease.durationMs), giveBack: () => Promise.resolve() },
    }),
  };
}

const withItems = <T extends object>(page: Page<T>): Page<T> => ({ ...page, items: page.items.map(withDates) });

const DATES = ['createdAt', 'updatedAt', 'nextRotation', 'lastAccessed'];

/** JSON has no dates. */
function withDates<T extends object>(record: T): T {
  const dates = Object.entries(record).filter(([key]) => DATES.includes(key));
  return { ...record, ...Object.fromEntries(dates.map(([key, text]) => [key, new Date(String(text))])) };
}
