import type { ProviderKind } from '../core/provider.ts';
import type { Finding } from './config-problems.ts';
import { type KeyPath, subjectOf } from './key-path.ts';
import { isSameAddress, parseListenAddress } from './listen-address.ts';
import { kindOf } from './provider-findings.ts';
import { listAt, textAt } from './unchecked.ts';

/**
 * What is wrong between settings, each fine by itself: names that nobody has, and what may be there only once.
 * Takes settings that may not fit the schema, so that everything can be reported at once.
 */
export function referenceFindings(settings: unknown, kinds: readonly ProviderKind[]): readonly Finding[] {
  return [
    ...repeated(settings, ['providers'], 'name'),
    ...repeated(settings, ['pathMappings'], 'pattern'),
    ...repeated(settings, ['access', 'callers'], 'name'),
    ...repeated(settings, ['access', 'callers'], 'subject'),
    ...dangling(settings),
    ...misplacedScopes(settings, kinds),
    ...missingDefault(settings),
    ...sharedAddresses(settings),
  ];
}

function repeated(settings: unknown, list: KeyPath, key: string): readonly Finding[] {
  const first = new Map<string, KeyPath>();
  return listAt(settings, list).flatMap((entry, index) => {
    const path = [...list, index, key];
    const text = textAt(entry, [key]);
    const earlier = text === undefined ? undefined : first.get(text);
    if (text !== undefined && earlier === undefined) first.set(text, path);
    return earlier === undefined ? [] : [{ path, message: `${subjectOf(path)} is the same as ${subjectOf(earlier)}` }];
  });
}

function dangling(settings: unknown): readonly Finding[] {
  const names = listAt(settings, ['providers']).map((entry) => textAt(entry, ['name']));
  const mapped = listAt(settings, ['pathMappings']).flatMap((mapping, index) => {
    const path = ['pathMappings', index, 'provider'];
    return [path, ...listAt(mapping, ['provider']).map((_, place) => [...path, place])];
  });
  const named = listAt(settings, ['access', 'callers']).flatMap((caller, index) =>
    listAt(caller, ['providers']).map((_, place) => ['access', 'callers', index, 'providers', place]),
  );
  return [['defaultProvider'], ...mapped, ...named].flatMap((path) => {
    const name = textAt(settings, path);
    if (name === undefined || name === '' || names.includes(name)) return [];
    return [{ path, message: `${subjectOf(path)} names no provider of 'providers'` }];
  });
}

/** A namespace or a mount means something only where the store has such places. */
function misplacedScopes(settings: unknown, kinds: readonly ProviderKind[]): readonly Finding[] {
  const providers = listAt(settings, ['providers']);
  const scoped = new Set(kinds.flatMap(({ type, hasScopes }) => (hasScopes === true ? [type] : [])));
  // A name that nobody has is reported by itself.
  const lacksScopes = (name: string): boolean =>
    providers.some((entry) => textAt(entry, ['name']) === name && !scoped.has(kindOf(entry, kinds)?.type ?? 'local'));
  return listAt(settings, ['pathMappings']).flatMap((mapping, index) =>
    ['namespace', 'mount'].flatMap((key) => {
      const names = mappedTo(mapping);
      if (textAt(mapping, [key]) === undefined || !names.some(lacksScopes)) return [];
      const path = ['pathMappings', index, key];
      return [{ path, message: `${subjectOf(path)} is for providers of the type ${[...scoped].join(' or ')} only` }];
    }),
  );
}

/** The providers of a mapping, one or several. */
function mappedTo(mapping: unknown): readonly string[] {
  const only = textAt(mapping, ['provider']);
  const several = listAt(mapping, ['provider']).filter((name) => typeof name === 'string');
  return only === undefined ? several : [only];
}

function missingDefault(settings: unknown): readonly Finding[] {
  const path = ['defaultProvider'];
  const takesAll = listAt(settings, ['pathMappings']).some((entry) => textAt(entry, ['pattern']) === '**');
  const isNeeded = listAt(settings, ['providers']).length > 1 && !takesAll;
  // A wrong type is reported by the schema.
  if (!isNeeded || (typeof settings === 'object' && settings !== null && 'defaultProvider' in settings)) return [];
  return [{ path, message: `${subjectOf(path)} is missing, and there is more than one provider` }];
}

function sharedAddresses(settings: unknown): readonly Finding[] {
  const listeners = [['listen'], ['ops', 'listen']].flatMap((list) =>
    listAt(settings, list).map((entry, index) => ({
      path: [...list, index],
      address: parseListenAddress(textAt(entry, ['address']) ?? entry),
    })),
  );
  return listeners.flatMap(({ path, address }, index) => {
    const earlier = listeners
      .slice(0, index)
      .find((other) => address !== undefined && other.address !== undefined && isSameAddress(address, other.address));
    if (earlier === undefined) return [];
    return [{ path, message: `${subjectOf(path)} takes the address of ${subjectOf(earlier.path)}` }];
  });
}
