import { operations } from '../core/access-context.ts';
import { credentialSchema } from '../core/credential-setting.ts';
import { closed, text } from './schema-parts.ts';

const pemFile = { ...text, expected: 'the path of a PEM file' };

/** Of a listener: our certificate, and whose clients may connect at all. */
export const listenerTls = {
  ...closed({ cert: pemFile, key: pemFile, clientCa: pemFile }),
  required: ['cert', 'key'],
};

export const socketMode = {
  type: 'string',
  pattern: '^0?[0-7]{3}$',
  expected: 'a quoted octal number such as "0660"',
};

/** An address, alone or with what is special about it. */
export const listener = {
  anyOf: [
    { type: 'string', listenAddress: true },
    {
      ...closed({
        address: { listenAddress: true },
        caller: text,
        tls: listenerTls,
        socket: closed({ mode: socketMode, group: text }),
      }),
      required: ['address'],
    },
  ],
  expected: "an address, or a mapping with an 'address'",
};

const headerName = {
  type: 'string',
  pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$",
  expected: 'the name of a header, such as X-Keyfob',
};

const patterns = { type: 'array', items: { pathPattern: 'orSlash' }, uniqueItems: true };

const caller = {
  ...closed({
    name: text,
    token: credentialSchema,
    subject: text,
    operations: { type: 'array', items: { enum: operations }, uniqueItems: true },
    allow: patterns,
    deny: { ...patterns, default: [] },
    providers: { type: 'array', items: text, uniqueItems: true },
    tags: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
  }),
  required: ['name', 'operations'],
};

/** The keys of `access`. */
export const accessProperties = {
  mode: { enum: ['open', 'token'], default: 'open' },
  requiredHeader: headerName,
  callers: { type: 'array', items: caller, default: [] },
};
