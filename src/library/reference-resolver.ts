import { hasReferences, isReference, scan } from '../resolver/grammar/scan.ts';
import type { SecretsClient } from './secrets-client.ts';

/** What a text says about the secrets that belong in it. */
export interface ReferenceResolver {
  /**
   * Puts secrets in the place of the references.
   * @throws ResolveFailure with every reference that failed
   */
  resolve(text: string): Promise<string>;

  /** Whether there is at least one well-formed reference. Reads nothing. */
  hasReferences(text: string): boolean;

  /** All well-formed references in their order, each as often as it is there. Reads nothing. */
  extractReferences(text: string): SecretReference[];
}

/** One reference, taken apart. Every part is percent-decoded. */
export interface SecretReference {
  /** The whole of it as it is written, `{{secret:db/creds#password@3}}`. */
  readonly fullMatch: string;
  readonly path: string;
  /** A top-level name, or a JSON Pointer when it starts with `/`. */
  readonly key?: string;
  readonly version?: string;
  /** `previous`, `pending` or a label of the store, written after `@` in place of a version. */
  readonly stage?: string;
  /** Name of an instance, to override the mapping. */
  readonly provider?: string;
}

/** @param client reads the secrets; any other object with such a method does, too */
export function createReferenceResolver(client: Pick<SecretsClient, 'resolveReferences'>): ReferenceResolver {
  return {
    resolve: (text) => client.resolveReferences(text),
    hasReferences,
    extractReferences: (text) => Array.from(references(text)),
  };
}

function* references(text: string): Generator<SecretReference> {
  for (const { what } of scan(text)) {
    if (!isReference(what)) continue;
    const { source, filters: _, ...parts } = what;
    yield { fullMatch: source, ...parts };
  }
}
