import { inspect } from 'node:util';
import type { Test } from 'tap';
import { SecretsError } from '../../src/core/errors/secrets-error.ts';
import type { CodeOf, ErrorCategory } from '../../src/core/errors/codes.ts';
import type { Call } from '../../src/core/call.ts';
import type { ListQuery, SecretProvider } from '../../src/core/provider.ts';
import type { Page, Secret, SecretMetadata } from '../../src/core/secret.ts';
import { current, type Selector } from '../../src/core/selector.ts';

/** Part of every seeded value, so that a leak can be searched for. */
export const CANARY = 'canary-5e1f00d';

/** `SecretNotFoundError/VersionNotFound` and its like. */
export type ErrorName = { readonly [C in ErrorCategory]: `${C}/${CodeOf<C>}` }[ErrorCategory];

/** A store that is empty, a started provider that reads it, and the ways to change the store behind the provider. */
export interface Harness {
  readonly provider: SecretProvider;
  /** Writes each value as a new version; text as it is, bytes as they are. Rejects when the store cannot hold one. */
  seed(path: string, values: readonly (string | Uint8Array)[]): Promise<void>;
  /** Deletes the `n`th version that was seeded, counted from 1. Left out where the store has no such thing. */
  deleteVersion?(path: string, n: number): Promise<void>;
  /** Likewise, beyond recovery. */
  destroyVersion?(path: string, n: number): Promise<void>;
  /** Makes the store refuse the provider's identity this secret. Left out where the store cannot refuse. */
  refuse?(path: string): Promise<void>;
  /** The store makes a new version at once when it is asked to. */
  readonly rotates?: boolean;
  /** A version id that the store could have but has not, and one that it cannot have. */
  readonly versionIds: { readonly missing: string; readonly malformed: string };
  /** Everything the provider has logged. */
  printed(): string;
  /** Takes the store down. The suite has closed the provider, twice. */
  close(): Promise<void>;
}

/** One thing that every provider does. It asks the store before it asserts, so that an exception shows as a rejection. */
export type ContractCase = (bench: Bench) => Promise<void>;

/** Thrown when the store cannot be brought into the state that a case needs. */
export class CannotSeed extends Error {}

/** What a case works with: the harness, short forms of the provider's calls, and the assertions on errors. */
export class Bench {
  readonly t: Test;
  readonly provider: SecretProvider;
  readonly harness: Harness;

  constructor(t: Test, harness: Harness) {
    this.t = t;
    this.provider = harness.provider;
    this.harness = harness;
  }

  readonly call: Call = { signal: new AbortController().signal };

  async seed(path: string, ...values: readonly (string | Uint8Array)[]): Promise<void> {
    await this.#prepare(this.harness.seed(path, values));
  }

  async deleteVersion(path: string, n: number): Promise<void> {
    await this.#prepare(this.harness.deleteVersion?.(path, n));
  }

  async destroyVersion(path: string, n: number): Promise<void> {
    await this.#prepare(this.harness.destroyVersion?.(path, n));
  }

  async refuse(path: string): Promise<void> {
    await this.#prepare(this.harness.refuse?.(path));
  }

  async get(path: string, selector: Selector = current, call: Call = this.call): Promise<Secret> {
    return this.provider.get(this.provider.locate(path, selector), call);
  }

  /** The current value as text; fails when it is binary. */
  async text(path: string, selector: Selector = current): Promise<string> {
    const value = (await this.get(path, selector)).value.expose();
    this.t.type(value, 'string', 'the value is text');
    return String(value);
  }

  id(path: string): string {
    return this.provider.locate(path, current).id;
  }

  async list(query: Partial<ListQuery>): Promise<Page<SecretMetadata>> {
    return this.provider.list({ prefix: '', tags: {}, limit: 100, ...query }, this.call);
  }

  async names(query: Partial<ListQuery>): Promise<readonly string[]> {
    return (await this.list(query)).items.map((item) => item.name);
  }

  /** Ids of the versions in the order they were seeded. */
  async versionIds(path: string): Promise<readonly string[]> {
    const page = await this.provider.versions(this.id(path), { limit: 100 }, this.call);
    return page.items.map((row) => row.version).toReversed();
  }

  /** Asserts that the work fails with this error and that the error tells nothing of a value. */
  async fails(work: () => Promise<unknown>, expected: ErrorName): Promise<void> {
    const error = await this.failure(work);
    this.t.equal(`${error?.category}/${error?.code}`, expected);
  }

  /** Asserts that the work fails within the taxonomy and gives the error. */
  async failure(work: () => Promise<unknown>): Promise<SecretsError | undefined> {
    try {
      await work();
    } catch (error) {
      this.isSilent(error);
      if (error instanceof SecretsError) return error;
      this.t.fail('the error is of the taxonomy', { found: inspect(error) });
      return undefined;
    }
    this.t.fail('the work fails');
    return undefined;
  }

  /** Asserts that nothing of a value shows in whatever form a thing is printed. */
  isSilent(thing: unknown): void {
    const printed = [inspect(thing, { depth: 8, showHidden: true }), String(thing), JSON.stringify(thing)];
    this.t.notMatch(printed.join('\n'), CANARY, 'no value is printed');
  }

  async #prepare(work: Promise<void> | undefined): Promise<void> {
    if (work === undefined) throw new CannotSeed('the harness has no way to do this');
    try {
      await work;
    } catch (cause) {
      throw new CannotSeed('the store did not take it', { cause });
    }
  }
}
