import type { Client } from '../client/client.ts';
import type { ReadPreview } from '../client/read-preview.ts';
import type { AccessContext } from '../core/access-context.ts';
import { CallerError } from '../core/errors/caller-error.ts';
import { isSecretsError, type SecretsError } from '../core/errors/secrets-error.ts';
import type { Template } from './documents/template.ts';
import type { SecretReference } from './grammar/reference.ts';
import { type Position, Positions } from './positions.ts';
import type { Turns } from './turns.ts';

/** What would become of a reference. */
export interface Explanation extends Position {
  readonly reference: SecretReference;
  /** JSON Pointer of the string or name, in a JSON document, unless that is very long. */
  readonly pointer?: string;
  /** `refused` by the policy, of which no more is told; else what a read would meet, or why it leads nowhere. */
  readonly outlook: 'refused' | ReadPreview | SecretsError;
}

export interface ExplainOptions {
  readonly client: Pick<Client, 'preview'>;
  readonly context: AccessContext;
  readonly turns: Turns;
}

/** One row for each reference, in the order of the document. */
export async function explainTemplate(template: Template, options: ExplainOptions): Promise<readonly Explanation[]> {
  const positions = new Positions(template.text);
  const outlooks = new Map<SecretReference, Explanation['outlook']>();
  const rows: Explanation[] = [];
  for (const { reference, start, pointer } of template.places) {
    const outlook = outlooks.get(reference) ?? (await look(reference, options));
    outlooks.set(reference, outlook);
    const where = pointer?.();
    rows.push({ reference, outlook, ...positions.at(start), ...(where !== undefined && { pointer: where }) });
    if (options.turns.isOver()) await options.turns.next();
  }
  return rows;
}

async function look(target: SecretReference, { client, context }: ExplainOptions): Promise<Explanation['outlook']> {
  try {
    return await client.preview(target, context);
  } catch (error) {
    if (error instanceof CallerError) return 'refused';
    if (isSecretsError(error)) return error;
    throw error;
  }
}
