import type { Call } from '../core/call.ts';
import type { ListQuery, Location, Scope, VersionsQuery } from '../core/provider.ts';
import type { Selector } from '../core/selector.ts';
import type { Page, RotationResult, Secret, SecretMetadata, SecretVersion } from '../core/secret.ts';

/** What a store answers to each call. */
export interface Answers {
  readonly get: Secret;
  readonly list: Page<SecretMetadata>;
  readonly describe: SecretMetadata;
  readonly versions: Page<SecretVersion>;
  readonly rotate: RotationResult;
  readonly health: readonly string[];
  /** Of a lease: milliseconds to its new end. */
  readonly renew: number;
  readonly return: undefined;
}

export type CallName = keyof Answers;

/** What each call is asked with, beside the scope. JSON: it is written into cassettes. */
export interface Arguments {
  readonly get: Location;
  readonly list: ListQuery;
  readonly describe: { readonly id: string };
  readonly versions: { readonly id: string } & VersionsQuery;
  readonly rotate: { readonly id: string };
  readonly health: Readonly<Record<string, never>>;
  readonly renew: Location;
  readonly return: Location;
}

/** One call to a store. */
export interface Question<K extends CallName = CallName> extends Call {
  readonly name: K;
  readonly scope: Scope;
  /** The secret's id, the prefix of a list, or nothing. */
  readonly subject: string;
  /** Likewise, as callers write it. */
  readonly path: string;
  readonly args: Arguments[K];
}

/** Asks the store, for what the question asks for or for something else of the kind. */
export type Ask<K extends CallName> = (args?: Arguments[K]) => Promise<Answers[K]>;

/** A path that is to be found in a store. */
export interface Place {
  readonly scope: Scope;
  /** Native: what the router has made of the reader's. */
  readonly path: string;
  readonly selector: Selector;
}

/** Stands between the pipeline and a store: asks it, or answers instead. */
export interface Interceptor {
  /** Left out by who has no say in it. @throws as `SecretStore.locate` does */
  locate?(place: Place, locate: () => Location): Location;
  answer<K extends CallName>(question: Question<K>, ask: Ask<K>): Promise<Answers[K]>;
}
