import { bend } from './bend.ts';
import { mutate } from './byte-mutators.ts';
import { TOKEN_CANARY } from './canaries.ts';
import type { Exchange, ListenerName, Mode } from './exchange.ts';
import { framingTrick } from './framing-tricks.ts';
import { oversizedRequest } from './oversized-requests.ts';
import { Random } from './random.ts';
import { refusedRequest } from './refused-requests.ts';
import { type Door, toText, validRequest } from './valid-requests.ts';
import { webTokenParts } from './web-tokens.ts';

/** The exchange of that number: the same for the same seed and mode, whatever else runs. */
export function generateExchange({ seed, index, mode }: Numbered): Exchange {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const listener = random.pick<ListenerName>(['tcp', 'tcp', 'tcp', 'unix', 'unix', 'ops']);
  for (;;) {
    const content = random.pick(kinds)(random, { listener, mode });
    // A token in a path is a name that was asked for, and comes back as such.
    if (!PATH_WITH_TOKEN.test(content.text)) return { index, listener, ...content, ...delivery(random, content) };
  }
}

export interface Numbered {
  readonly seed: number;
  readonly index: number;
  readonly mode: Mode;
}

interface Content extends Pick<Exchange, 'kind' | 'requests' | 'expected'> {
  readonly text: string;
}

const ANY_TOKEN = `(?:${[TOKEN_CANARY, ...webTokenParts].join('|')})`;
const PATH_WITH_TOKEN = new RegExp(`^[^\\s:]+ [^?\\s]*${ANY_TOKEN}|(?:prefix|path)["=: ]+[^&\\s]*${ANY_TOKEN}`, 'm');

type Kind = (random: Random, door: Door) => Content;

const valid: Kind = (random, door) => {
  const draft = validRequest(random, door);
  return { kind: 'valid', text: toText(draft), requests: 1, expected: [draft.status] };
};

const pipelined: Kind = (random, door) => {
  const drafts = Array.from({ length: random.int(2, 8) }, () => validRequest(random, door));
  return {
    kind: 'pipelined',
    text: drafts.map(toText).join(''),
    requests: drafts.length,
    expected: drafts.map(({ status }) => status),
  };
};

const refused: Kind = (random, { mode }) => ({
  kind: 'refused',
  text: refusedRequest(random, mode),
  requests: 1,
  expected: [0],
});

const mutated: Kind = (random, door) => {
  const text = random.chance(0.6) ? toText(validRequest(random, door)) : refusedRequest(random, door.mode);
  return { kind: 'mutated', text: mutate(Buffer.from(text, 'latin1'), random).toString('latin1'), requests: 1 };
};

const mutatedAfterValid: Kind = (random, door) => ({
  kind: 'mutated after valid',
  text: valid(random, door).text + mutated(random, door).text,
  requests: 2,
});

const bentTarget: Kind = (random, { mode }) => {
  const draft = validRequest(random, { listener: 'tcp', mode });
  return {
    kind: 'bent target',
    text: toText({ ...draft, target: bend(draft.target, random) }),
    requests: 1,
    expected: [0],
  };
};

const bentBody: Kind = (random, { mode }) => {
  const draft = validRequest(random, { listener: 'tcp', mode });
  const body = draft.body === undefined ? {} : { body: mutate(Buffer.from(draft.body), random).toString('latin1') };
  return { kind: 'bent body', text: toText({ ...draft, ...body }), requests: 1, expected: [0] };
};

const framing: Kind = (random, { mode }) => ({ kind: 'framing', text: framingTrick(random, mode), requests: 1 });

const brokenFraming: Kind = (random, { mode }) => ({
  kind: 'mutated framing',
  text: mutate(Buffer.from(framingTrick(random, mode), 'latin1'), random).toString('latin1'),
  requests: 1,
});

const oversized: Kind = (random) => ({ kind: 'oversized', text: oversizedRequest(random), requests: 1 });

const garbage: Kind = (random) => ({
  kind: 'garbage',
  text: random.bytes(random.int(0, 300)).toString('latin1'),
  requests: 1,
});

const weighted: readonly (readonly [Kind, times: number])[] = [
  [valid, 3],
  [pipelined, 1],
  [refused, 4],
  [bentTarget, 2],
  [bentBody, 2],
  [mutated, 5],
  [mutatedAfterValid, 2],
  [framing, 3],
  [brokenFraming, 1],
  [garbage, 1],
  [oversized, 1],
];
const kinds: readonly Kind[] = weighted.flatMap(([kind, times]) => Array.from({ length: times }, () => kind));

function delivery(random: Random, { text, expected }: Content): Pick<Exchange, 'segments' | 'pauseMs' | 'ending'> {
  const bytes = Buffer.from(text, 'latin1');
  const isSlow = random.chance(0.1);
  const parts = isSlow ? random.int(2, 12) : random.pick([1, 1, 1, 2, 3]);
  const cuts = Array.from({ length: parts - 1 }, () => random.int(0, bytes.length)).toSorted((a, b) => a - b);
  const edges = [0, ...cuts, bytes.length];
  const segments = edges
    .slice(1)
    .map((edge, at) => bytes.subarray(edges[at], edge))
    // Nothing to write may come after the answer, on a connection that is closed by then.
    .filter(({ length }) => length > 0);
  const isPatient = expected !== undefined || random.chance(0.85);
  const ending = isPatient ? 'wait' : random.pick<Exchange['ending']>(['half-close', 'hang-up']);
  return { segments, pauseMs: isSlow ? random.int(1, 8) : 0, ending };
}
