import { askedCanaries, type Canary, hiddenCanaries, TOKEN_CANARY } from './canaries.ts';
import { webTokenParts } from './web-tokens.ts';

// "at name (file:line:column)" and "at file:line:column", in a line of its own or within JSON.
const STACK = /\bat (?:[\w.<>$[\] ]+ \()?(?:file:|node:|\/)[^\s()"]*:\d+:\d+/;

const forms = (text: string): readonly string[] => [
  text,
  Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1),
  Buffer.from(text).toString('hex'),
];

/** Whether a text holds a value, as it is or encoded. */
export const holds = (text: string, value: string): boolean => forms(value).some((form) => text.includes(form));

/** Paths of secrets whose value is in the text. */
export const leakedSecrets = (text: string): readonly string[] =>
  [...askedCanaries, ...hiddenCanaries].filter((canary) => holds(text, canary.text)).map(({ path }) => path);

export const leaksToken = (text: string): boolean =>
  [TOKEN_CANARY, ...webTokenParts].some((token) => holds(text, token));

/** The frame of a stack trace that the text holds. */
export const stackFrame = (text: string): string | undefined => STACK.exec(text)?.[0];

/** Secrets that an answer holds though the request did not name them, or though it is not an answer with a value. */
export function unaskedSecrets(
  answer: { readonly status: number; readonly text: string },
  sent: string,
): readonly string[] {
  // As it was sent, and with the chunks of a body put together.
  const asked = [sent, sent.replaceAll(/\r\n[\da-f]+\r\n/gi, '')].map(decodeLeniently);
  const mayHold = ({ path }: Canary): boolean => answer.status === 200 && asked.some((text) => text.includes(path));
  return [...askedCanaries, ...hiddenCanaries]
    .filter((canary) => holds(answer.text, canary.text) && !mayHold(canary))
    .map(({ path }) => path);
}

const decodeLeniently = (text: string): string =>
  text.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
