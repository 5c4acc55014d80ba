import type { Client } from '../client/client.ts';
import { SecretParts } from '../client/secret-part.ts';
import type { ReadAnswer } from '../client/failover.ts';
import type { AccessContext } from '../core/access-context.ts';
import { ParseError } from '../core/errors/parse-error.ts';
import { RequestError } from '../core/errors/request-error.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { parseReferences } from './parse-references.ts';
import type { ReferenceFailure, SecretReference } from './reference.ts';
import { ResolveFailure } from './resolve-failure.ts';

/** What a reference was replaced from. */
export interface ResolvedReference {
  readonly reference: string;
  readonly path: string;
  readonly key?: string;
  readonly provider: string;
  readonly version: string;
}

export interface ResolvedText {
  readonly text: string;
  /** In the order of the text. */
  readonly references: readonly ResolvedReference[];
}

interface Replacement {
  readonly value: string;
  readonly bytes: number;
  readonly provider: string;
  readonly version: string;
}

interface ReadSecret {
  readonly answer: ReadAnswer;
  readonly parts: SecretParts;
}

const MAX_REFERENCES = 10_000;
// A small text can name a large secret many times; what comes out has to fit into memory beside everything else.
const MAX_RESOLVED_BYTES = 16 * 1024 * 1024;

/** Puts secrets into text: a single pass, so that what was inserted is never scanned; all or nothing. */
export class Resolver {
  readonly #client: Pick<Client, 'read'>;

  constructor(client: Pick<Client, 'read'>) {
    this.#client = client;
  }

  /**
   * Replaces every reference. A secret is read once for each of its versions that the text names.
   * @throws ResolveFailure with every reference that failed; RequestError `PayloadTooLarge` for too many of them, or a
   * result that is too large.
   */
  async resolve(text: string, context: AccessContext): Promise<ResolvedText> {
    const { references, malformed } = parseReferences(text);
    if (malformed.length > 0) throw new ResolveFailure(malformed);
    if (references.length > MAX_REFERENCES) {
      throw new RequestError('PayloadTooLarge', `the text has more than ${MAX_REFERENCES} references`);
    }
    const replace = this.#replaceOnce(context);
    const outcomes = await Promise.all(references.map((reference) => settle(reference, replace(reference))));
    const failures = outcomes.filter((outcome) => 'error' in outcome);
    if (failures.length > 0) throw new ResolveFailure(failures);
    return interpolate(
      text,
      references,
      outcomes.filter((outcome) => 'value' in outcome),
    );
  }

  /** One read for each secret and version, and one look for each key of it, however often the text names it. */
  #replaceOnce(context: AccessContext): (reference: SecretReference) => Promise<Replacement> {
    const read = async ({ path, version }: SecretReference): Promise<ReadSecret> => {
      const target = { path, ...(version !== undefined && { version }) };
      const answer = await this.#client.read({ ...target, context, operation: 'resolve' });
      return { answer, parts: new SecretParts(answer.entry.secret) };
    };
    const reads = new Map<string, Promise<ReadSecret>>();
    const replacements = new Map<string, Promise<Replacement>>();
    return (reference) => {
      const { path, version, key } = reference;
      const secret = once(reads, JSON.stringify([path, version]), () => read(reference));
      return once(replacements, JSON.stringify([path, version, key]), async () => toReplacement(await secret, key));
    };
  }
}

function once<T>(known: Map<string, Promise<T>>, name: string, make: () => Promise<T>): Promise<T> {
  const promise = known.get(name) ?? make();
  known.set(name, promise);
  return promise;
}

function toReplacement({ answer, parts }: ReadSecret, key: string | undefined): Replacement {
  const { secret, identity } = answer.entry;
  const { value } = key === undefined ? parts.whole() : parts.key(key);
  if (typeof value !== 'string') {
    throw new ParseError('InvalidSecretFormat', 'a binary secret cannot stand in a text');
  }
  return { value, bytes: Buffer.byteLength(value), provider: identity.provider, version: secret.version };
}

async function settle(at: SecretReference, replacement: Promise<Replacement>): Promise<Replacement | ReferenceFailure> {
  const { reference, line, column } = at;
  try {
    return await replacement;
  } catch (error) {
    if (isSecretsError(error)) return { reference, line, column, error };
    throw error;
  }
}

function interpolate(
  text: string,
  references: readonly SecretReference[],
  replacements: readonly Replacement[],
): ResolvedText {
  const bytes = replacements.reduce((sum, replacement) => sum + replacement.bytes, 0);
  if (bytes > MAX_RESOLVED_BYTES) {
    throw new RequestError('PayloadTooLarge', 'the text would be larger than 16 MiB with its references resolved');
  }
  const parts: string[] = [];
  const resolved: ResolvedReference[] = [];
  let at = 0;
  for (const [index, replacement] of replacements.entries()) {
    const place = references[index];
    if (place === undefined) throw new TypeError('a replacement without its reference');
    const { start, reference, path, key } = place;
    const { value, provider, version } = replacement;
    parts.push(text.slice(at, start), value);
    resolved.push({ reference, path, provider, version, ...(key !== undefined && { key }) });
    at = start + reference.length;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), references: resolved };
}
