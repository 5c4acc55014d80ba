import { awsFailures } from './fake-aws-failure.ts';
import type { FakeAwsSecret } from './fake-aws-secret.ts';

type Filter = (secret: FakeAwsSecret) => boolean;

/** The `Filters` of ListSecrets; a secret must pass all. @throws FakeAwsFailure */
export function toFilters(given: unknown): readonly Filter[] {
  if (given === undefined) return [];
  if (!Array.isArray(given) || given.length > 10) throw awsFailures.validation('filters');
  return given.map(({ Key: key, Values: values }: { Key: string; Values: readonly string[] }) => {
    if (!Array.isArray(values) || values.some((value) => !/^!?[\w :@/+=.!-]{1,512}$/.test(value)))
      throw awsFailures.validation('filters.values');
    const fits = (words: readonly string[]): boolean =>
      values.some((value) =>
        value.startsWith('!')
          ? !words.some((word) => word.startsWith(value.slice(1)))
          : words.some((word) => word.startsWith(value)),
      );
    // A name matches where any of its words begins so.
    if (key === 'name') return ({ name }) => fits([name, ...wordStarts(name)]);
    if (key === 'tag-key') return ({ tags }) => fits(Object.keys(tags));
    if (key === 'tag-value') return ({ tags }) => fits(Object.values(tags));
    throw awsFailures.validation('filters.key');
  });
}

const wordStarts = (name: string): readonly string[] =>
  [...name.matchAll(/[/_+=.@-]/g)].map(({ index }) => name.slice(index + 1));
