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

// Of jose; those with a shared secret are none for tokens that somebody else signs.
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];

const jwt = {
  ...closed({
    issuer: text,
    audience: {
      anyOf: [text, { type: 'array', minItems: 1, items: text, uniqueItems: true }],
      expected: 'an audience, or a list of them',
    },
    algorithms: {
      type: 'array',
      minItems: 1,
      items: { enum: algorithms },
      uniqueItems: true,
      default: ['RS256', 'ES256'],
    },
    jwksUri: text,
    jwksFile: text,
    ca: pemFile,
    token: credentialSchema,
  }),
  required: ['issuer', 'audience'],
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
    rateLimit: {
      ...closed({
        perSecond: { type: 'number', exclusiveMinimum: 0, maximum: 1e6, expected: 'a number above 0, at most 1000000' },
        burst: { type: 'integer', minimum: 1, maximum: 1e6 },
      }),
      required: ['perSecond', 'burst'],
    },
    tags: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
  }),
  required: ['name', 'operations'],
};

/** The keys of `access`. */
export const accessProperties = {
  mode: { enum: ['open', 'token', 'jwt'], default: 'open' },
  requiredHeader: headerName,
  jwt,
  callers: { type: 'array', items: caller, default: [] },
};
