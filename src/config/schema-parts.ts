/** A mapping with these keys and no others. */
export const closed = (properties: Readonly<Record<string, object>>) => ({
  type: 'object',
  properties,
  additionalProperties: false,
});

/** One that may be left out: then its keys have their defaults. */
export const section = (properties: Readonly<Record<string, object>>) => ({ ...closed(properties), default: {} });

export const text = { type: 'string', minLength: 1 };

/** A schema, and the name under which it may have been compiled before. */
export interface NamedSchema extends Readonly<Record<string, unknown>> {
  readonly $id: string;
}
