import { SecretNotFoundError } from '../../core/errors/secret-not-found-error.ts';
import type { Page, SecretMetadata } from '../../core/secret.ts';

/** The most secrets whose tags one page looks at; at 20 ms a call this is half a second. */
export const MAX_DESCRIBED = 200;
const AT_ONCE = 8;

type Tags = Readonly<Record<string, string>>;
type Describe = (id: string) => Promise<SecretMetadata>;

/**
 * The part of a page that carries all of the tags, with its metadata. A LIST tells names alone, so each secret is asked
 * for its metadata, eight at once; a page may come out empty and still have a cursor.
 */
export async function keepTagged(
  page: Page<SecretMetadata>,
  tags: Tags,
  describe: Describe,
): Promise<Page<SecretMetadata>> {
  const items: SecretMetadata[] = [];
  for (let at = 0; at < page.items.length; at += AT_ONCE) {
    const batch = page.items.slice(at, at + AT_ONCE);
    const found = await Promise.all(batch.map(({ name }) => describeOrNone(name, describe)));
    items.push(...found.flatMap((item) => (item !== undefined && hasTags(item, tags) ? [item] : [])));
  }
  return { ...page, items };
}

/** A secret may be deleted between the list and the question. */
async function describeOrNone(id: string, describe: Describe): Promise<SecretMetadata | undefined> {
  try {
    return await describe(id);
  } catch (error) {
    if (error instanceof SecretNotFoundError) return undefined;
    throw error;
  }
}

const hasTags = ({ tags = {} }: SecretMetadata, wanted: Tags): boolean =>
  Object.entries(wanted).every(([key, value]) => tags[key] === value);
