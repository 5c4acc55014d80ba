import { createHmac, randomBytes } from 'node:crypto';
import type { HeldSecret, HeldVersion } from './held-secret.ts';
import { canonicalStage } from './stage-name.ts';
import type { ExplicitVersion, SecretValue, StoredSecret } from './stored-secret.ts';

const KEPT = 5;
const ID_LENGTH = 32;

/** Turns what a file says into what is served, and gives values without a version an id. */
export class VersionHistory {
  // Random, so that an id tells nothing of the value, not even to someone who can guess it.
  readonly #key = randomBytes(32);

  /** @param before what was served under the path until now; its last values stay readable. */
  next(path: string, stored: StoredSecret, before: HeldSecret | undefined): HeldSecret {
    const { content, file: _file, ...rest } = stored;
    if ('versions' in content) {
      const digest = this.#digest(JSON.stringify([path, content.versions.map(spellOut), rest]));
      return { path, ...rest, explicit: true, digest, ...arrange(content.versions) };
    }
    const id = this.#digest(JSON.stringify([path, spell(content.value)]));
    const older = before === undefined || before.explicit ? [] : before.versions;
    // A value that comes back is the newest again.
    const newestFirst = [{ id, value: content.value }, ...older.filter((version) => version.id !== id)].slice(0, KEPT);
    const oldestFirst = newestFirst.toReversed().map(({ id, value }) => ({ id, value, stages: [] }));
    return { path, ...rest, explicit: false, digest: id, ...arrange(oldestFirst) };
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

/**
 * Without a stage that says so, the last of the list is current and the one before the current one is previous.
 * @param versions oldest first, at least one.
 */
function arrange(versions: readonly ExplicitVersion[]): Pick<HeldSecret, 'current' | 'versions'> {
  const withStage = (stage: string): number =>
    versions.findIndex((version) => version.stages.some((name) => canonicalStage(name) === stage));
  const marked = withStage('current');
  const current = marked === -1 ? versions.length - 1 : marked;
  const previous = withStage('previous') === -1 ? current - 1 : withStage('previous');
  const held = versions.map((version, index) => {
    if (index === current) return addStage(version, 'current');
    return index === previous ? addStage(version, 'previous') : version;
  });
  const found = held[current];
  if (found === undefined) throw new TypeError('a secret needs a version');
  return { current: found, versions: held.toReversed() };
}

function addStage(version: ExplicitVersion, stage: string): HeldVersion {
  return { ...version, stages: [stage, ...version.stages.filter((name) => name !== stage)] };
}
