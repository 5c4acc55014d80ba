import type { FakeSecret, FakeVersion } from './fake-gcp-store.ts';

/** The terms of a filter that are joined by AND; undefined for one of another form. */
function terms(filter: string, form: RegExp): readonly (readonly [string, string])[] | undefined {
  const found = filter.split(/ AND /).map((term) => form.exec(term));
  if (found.some((match) => match === null)) return undefined;
  return found.map((match) => [match?.[1] ?? '', match?.[2] ?? '']);
}

/** `name:substring` and `labels.key=value`. A name is looked for in the whole resource name, its case ignored. */
export function secretFilter(
  filter: string,
  nameOf: (id: string) => string,
): ((secret: FakeSecret) => boolean) | undefined {
  if (filter === '') return () => true;
  const wanted = terms(filter, /^(name(?=:)|labels\.[a-z0-9_-]+(?==))[:=]([\w-]+)$/);
  if (wanted === undefined) return undefined;
  return (secret) =>
    wanted.every(([field, value]) =>
      field === 'name'
        ? nameOf(secret.id).toLowerCase().includes(value.toLowerCase())
        : secret.labels[field.slice('labels.'.length)] === value,
    );
}

/** `state:STATE`. */
export function versionFilter(filter: string): ((version: FakeVersion) => boolean) | undefined {
  if (filter === '') return () => true;
  const wanted = terms(filter, /^(state):(ENABLED|DISABLED|DESTROYED)$/);
  return wanted && (({ state }) => wanted.every(([, value]) => state === value));
}
