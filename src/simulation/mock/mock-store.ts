import { RequestError } from '../../core/errors/request-error.ts';
import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import { arrangeVersions } from '../../core/held/arrange-versions.ts';
import type { HeldSecrets, HeldSource } from '../../core/held/held-provider.ts';
import type { HeldSecret, HeldVersion } from '../../core/held/held-secret.ts';
import { isStageName } from '../../core/held/stage-name.ts';
import type { Clock } from '../../core/clock.ts';
import type { OnStoreChange } from '../../core/provider.ts';
import { parseSecretPath } from '../../core/secret-path.ts';
import type { MockChange, MockMove, MockVersion } from '../../core/simulation-control.ts';
import { moveStages } from './mock-versions.ts';

const KEPT_VERSIONS = 20;

/** The secrets of a file, with what was changed by request since then. One store for all who ask. */
export class MockStore implements HeldSource {
  readonly #file: HeldSource | undefined;
  readonly #clock: Clock;
  /** By path: what replaces the file's secret; undefined when it was deleted. */
  readonly #changed = new Map<string, HeldSecret | undefined>();
  /** How many versions were added, by path. */
  readonly #added = new Map<string, number>();
  readonly #listeners = new Set<OnStoreChange>();
  #opened: Promise<void> | undefined;

  constructor(clock: Clock, file: HeldSource | undefined) {
    this.#clock = clock;
    this.#file = file;
  }

  async open(onChange: OnStoreChange): Promise<void> {
    this.#opened ??= this.#file?.open(() => this.#tell()) ?? Promise.resolve();
    await this.#opened;
    this.#listeners.add(onChange);
  }

  async secrets(): Promise<HeldSecrets> {
    const secrets = new Map(await this.#file?.secrets());
    if (this.#changed.size === 0) return secrets;
    for (const [path, secret] of this.#changed) {
      if (secret === undefined) secrets.delete(path);
      else secrets.set(path, secret);
    }
    return new Map([...secrets].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  close(): void {
    this.#file?.close();
    this.#listeners.clear();
  }

  /** @throws RequestError `InvalidPath`, `InvalidBody`; SecretNotFoundError for a move */
  async put(path: string, change: MockVersion | MockMove): Promise<MockChange> {
    parseSecretPath(path);
    if (!change.stages.every(isStageName))
      throw new RequestError('InvalidBody', "'stages' has a name that no stage can have");
    return 'value' in change ? this.#add(path, change) : this.#move(path, change);
  }

  async #add(path: string, { value, stages }: MockVersion): Promise<MockChange> {
    const before = (await this.secrets()).get(path);
    const count = (this.#added.get(path) ?? 0) + 1;
    this.#added.set(path, count);
    const id = `mock-v${count}`;
    const createdAt = new Date(this.#clock.wallMs());
    const version: HeldVersion = { id, value, stages: [], createdAt };
    const older = (before?.versions ?? []).toReversed().slice(1 - KEPT_VERSIONS);
    return this.#hold(path, before, { id, versions: moveStages([...older, version], id, stages) });
  }

  /** @throws SecretNotFoundError */
  async delete(path: string): Promise<void> {
    await this.#find(path);
    this.#changed.set(path, undefined);
    this.#tell();
  }

  async #move(path: string, { version, stages }: MockMove): Promise<MockChange> {
    const before = await this.#find(path);
    if (!before.versions.some(({ id }) => id === version))
      throw new SecretNotFoundError('VersionNotFound', `version '${version}' does not exist`, { path });
    const versions = moveStages(before.versions.toReversed(), version, stages);
    return this.#hold(path, before, { id: version, versions });
  }

  #hold(path: string, before: HeldSecret | undefined, { id, versions }: Held): MockChange {
    const { tags, description } = before ?? {};
    const secret: HeldSecret = {
      path,
      explicit: true,
      ...(tags !== undefined && { tags }),
      ...(description !== undefined && { description }),
      ...arrangeVersions(versions),
    };
    this.#changed.set(path, secret);
    this.#tell();
    return { version: id, stages: secret.versions.find((version) => version.id === id)?.stages ?? [] };
  }

  async #find(path: string): Promise<HeldSecret> {
    const secret = (await this.secrets()).get(path);
    if (secret === undefined)
      throw new SecretNotFoundError('SecretDoesNotExist', `the secret '${path}' does not exist`, { path });
    return secret;
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

interface Held {
  readonly id: string;
  /** Oldest first. */
  readonly versions: readonly HeldVersion[];
}
