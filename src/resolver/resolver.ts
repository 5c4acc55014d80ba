import type { Client } from '../client/client.ts';
import { secretKey, wholeSecret } from '../client/secret-part.ts';
import type { ReadAnswer } from '../client/secret-reader.ts';
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
  readonly resolved: ResolvedReference;
}

const MAX_REFERENCES = 10_000;

/** Puts secrets into text: a single pass, so that what was inserted is never scanned; all or nothing. */
export class Resolver {
  readonly #client: Pick<Client, 'read'>;

  constructor(client: Pick<Client, 'read'>) {
    this.#client = client;
  }

  /**
   * Replaces every reference. A secret is read once for each of its versions that the text names.
   * @throws ResolveFailure with every reference that failed; RequestError `PayloadTooLarge` for too many of them.
   */
  async resolve(text: string, context: AccessContext): Promise<ResolvedText> {
    const { references, malformed } = parseReferences(text);
    if (malformed.length > 0) throw new ResolveFailure(malformed);
    if (references.length > MAX_REFERENCES) {
      throw new RequestError('PayloadTooLarge', `the text has more than ${MAX_REFERENCES} references`);
    }
    const reads = this.#readOnce(context);
    const outcomes = await Promise.all(references.map((reference) => settle(reference, reads(reference))));
    const failures = outcomes.filter((outcome) => 'error' in outcome);
    if (failures.length > 0) throw new ResolveFailure(failures);
    return interpolate(
      text,
      references,
      outcomes.filter((outcome) => 'value' in outcome),
    );
  }

  #readOnce(context: AccessContext): (reference: SecretReference) => Promise<ReadAnswer> {
    const reads = new Map<string, Promise<ReadAnswer>>();
    const read = async ({ path, version }: SecretReference): Promise<ReadAnswer> =>
      this.#client.read({ path, context, operation: 'resolve', ...(version !== undefined && { version }) });
    return (reference) => {
      const name = JSON.stringify([reference.path, reference.version]);
      const answer = reads.get(name) ?? read(reference);
      reads.set(name, answer);
      return answer;
    };
  }
}

async function settle(at: SecretReference, answer: Promise<ReadAnswer>): Promise<Replacement | ReferenceFailure> {
  const { reference, path, key, line, column } = at;
  try {
    const { secret, identity } = (await answer).entry;
    const { value } = key === undefined ? wholeSecret(secret) : secretKey(secret, key);
    if (typeof value !== 'string')
      throw new ParseError('InvalidSecretFormat', 'a binary secret cannot stand in a text');
    const { provider } = identity;
    const resolved = { reference, path, provider, version: secret.version, ...(key !== undefined && { key }) };
    return { value, resolved };
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
  const parts: string[] = [];
  let at = 0;
  for (const [index, { start, reference }] of references.entries()) {
    parts.push(text.slice(at, start), replacements[index]?.value ?? '');
    at = start + reference.length;
  }
  parts.push(text.slice(at));
  return { text: parts.join(''), references: replacements.map(({ resolved }) => resolved) };
}
