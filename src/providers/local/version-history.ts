import { createHmac, randomBytes } from 'node:crypto';
import { arrangeVersions } from '../../core/held/arrange-versions.ts';
import type { HeldSecret } from '../../core/held/held-secret.ts';
import type { SecretValue } from '../../core/secret.ts';
import type { ExplicitVersion, StoredSecret } from './stored-secret.ts';

const KEPT = 5;
const ID_LENGTH = 32;

/** A secret with what tells whether it is the same as before. */
export interface DigestedSecret extends HeldSecret {
  /** Differs when anything that is served differs; keyed, so that it tells nothing of the values. */
  readonly digest: string;
}

export type DigestedSecrets = ReadonlyMap<string, DigestedSecret>;

/** Turns what a file says into what is served, and gives values without a version an id. */
export class VersionHistory {
  // Random, so that an id tells nothing of the value, not even to someone who can guess it.
  readonly #key = randomBytes(32);

  /** @param before what was served under the path until now; its last values stay readable. */
  next(path: string, stored: StoredSecret, before: DigestedSecret | undefined): DigestedSecret {
    const { content, file: _file, ...rest } = stored;
    if ('versions' in content) {
      const digest = this.#digest(JSON.stringify([path, content.versions.map(spellOut), rest]));
      return { path, ...rest, explicit: true, digest, ...arrangeVersions(content.versions) };
    }
    const id = this.#digest(JSON.stringify([path, spell(content.value)]));
    const older = before === undefined || before.explicit ? [] : before.versions;
    // A value that comes back is the newest again.
    const newestFirst = [{ id, value: content.value }, ...older.filter((version) => version.id !== id)].slice(0, KEPT);
    const oldestFirst = newestFirst.toReversed().map(({ id, value }) => ({ id, value, stages: [] }));
    return { path, ...rest, explicit: false, digest: id, ...arrangeVersions(oldestFirst) };
  }

  #digest(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('hex').slice(0, ID_LENGTH);
  }
}

const spellOut = ({ value, ...rest }: ExplicitVersion): unknown => ({ ...rest, value: spell(value) });

function spell(value: SecretValue): readonly [kind: string, text: string] {
  const content = value.expose();
  return typeof content === 'string' ? ['text', content] : ['bytes', Buffer.from(content).toString('base64')];
}
