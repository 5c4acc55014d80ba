/** What turns a value into the text that is inserted. */
export type FilterName = 'url' | 'base64' | 'json' | 'shell';

export type Filter =
  | { readonly name: FilterName }
  /** Stands in for a secret, version or key that is not there. */
  | { readonly name: 'default'; readonly text: string };

/** A reference, taken apart. Every part is percent-decoded. */
export interface SecretReference {
  /** The whole of it as it is written, `{{secret:db/creds#password@3}}`. */
  readonly source: string;
  /** Name of a provider instance, to override the mapping. */
  readonly provider?: string;
  readonly path: string;
  /** A top-level name, or a JSON Pointer when it starts with `/`. */
  readonly key?: string;
  readonly version?: string;
  readonly stage?: string;
  /** In the order in which they are applied. */
  readonly filters: readonly Filter[];
}
