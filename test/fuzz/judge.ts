import type { Checks } from './checks.ts';
import type { Outcome } from './connection.ts';
import { type Exchange, type Mode, sentBytes } from './exchange.ts';
import { Figures } from './figures.ts';
import { leakedSecrets, leaksToken, stackFrame, unaskedSecrets } from './leaks.ts';
import { problemCode, problemFault } from './problem-check.ts';
import { type ParsedResponse, parseResponses } from './response-parser.ts';
import { asksForToken, rightCredential } from './valid-requests.ts';

/** The checks that each exchange is put to. */
export const exchangeChecks = [
  'every answer is well-formed HTTP',
  'every refusal is a whole problem+json',
  'no answer is a failure of ours (500, 502, 503, 504)',
  'correct requests get the answer of the contract',
  'the daemon ends its side of every connection',
  'no answer holds a value that was not asked for',
  'no answer holds the token that was sent',
  'no answer holds a value unless the token came with it, where one is needed',
  'no answer holds a stack trace',
] as const;

export type ExchangeCheck = (typeof exchangeChecks)[number];

export const mayBeHead = (exchange: Exchange): boolean => sentBytes(exchange).includes('HEAD');

export interface Judged {
  readonly exchange: Exchange;
  readonly outcome: Outcome;
  readonly mode: Mode;
}

/** Holds an exchange against the checks and counts it. */
export function judge({ exchange, outcome, mode }: Judged, into: { checks: Checks; figures: Figures }): void {
  const { checks, figures } = into;
  const sent = sentBytes(exchange).toString('latin1');
  const fail = (check: ExchangeCheck, why: string): void =>
    checks.fail(check, `${why}\n    ${describe(exchange, sent)}`);
  const { responses, rest, problem } = parseResponses(outcome.received, mayBeHead(exchange));
  tally(figures, exchange, { outcome, responses });
  if (problem !== undefined) fail('every answer is well-formed HTTP', problem);
  if (rest.length > 0 && problem === undefined && outcome.end === 'closed')
    fail('every answer is well-formed HTTP', 'an answer was cut off');
  if (outcome.end === 'stuck') fail('the daemon ends its side of every connection', 'it was still open after 5 s');
  const fault = expectationFault(exchange, responses);
  if (fault !== undefined)
    fail('correct requests get the answer of the contract', `${fault}; the connection: ${outcome.end}`);
  for (const response of responses) judgeResponse(response, sent, fail);
  const isStranger = asksForToken({ listener: exchange.listener, mode }) && !sent.includes(rightCredential(mode));
  if (isStranger && leakedSecrets(outcome.received.toString('latin1')).length > 0)
    fail('no answer holds a value unless the token came with it, where one is needed', `${responses[0]?.status}`);
}

type Fail = (check: ExchangeCheck, why: string) => void;

function judgeResponse(response: ParsedResponse, sent: string, fail: Fail): void {
  const { status, headers, body } = response;
  const text = JSON.stringify([...headers]) + body.toString('latin1');
  if (status >= 400) {
    const fault = problemFault(response);
    if (fault !== undefined) fail('every refusal is a whole problem+json', `${status}: ${fault}`);
  }
  if (status >= 500) fail('no answer is a failure of ours (500, 502, 503, 504)', `${status} ${problemCode(response)}`);
  const unasked = unaskedSecrets({ status, text }, sent);
  if (unasked.length > 0)
    fail('no answer holds a value that was not asked for', `${status} with ${unasked.join(', ')}`);
  if (leaksToken(text)) fail('no answer holds the token that was sent', `${status}: ${text}`);
  const frame = stackFrame(text);
  if (frame !== undefined) fail('no answer holds a stack trace', frame);
}

function expectationFault({ expected }: Exchange, responses: readonly ParsedResponse[]): string | undefined {
  if (expected === undefined) return undefined;
  const came = responses.map(({ status }) => status);
  const isMet = came.length === expected.length && expected.every((status, at) => status === 0 || status === came[at]);
  return isMet ? undefined : `${came.join(', ') || 'no answer'} instead of ${expected.join(', ')}`;
}

interface Seen {
  readonly outcome: Outcome;
  readonly responses: readonly ParsedResponse[];
}

function tally(figures: Figures, exchange: Exchange, { outcome, responses }: Seen): void {
  const { kind, listener, requests, ending } = exchange;
  figures.requests += requests;
  figures.connections += 1;
  Figures.count(figures.byKind, kind, requests);
  Figures.count(figures.byListener, listener, requests);
  for (const response of responses) {
    Figures.count(figures.byStatus, String(response.status));
    if (response.status >= 400) Figures.count(figures.byCode, `${response.status} ${problemCode(response)}`);
  }
  if (responses.length === 0) Figures.count(figures.silent, silence(outcome, ending));
}

function silence({ end }: Outcome, ending: Exchange['ending']): string {
  if (end === 'hung up') return 'we hung up without waiting';
  if (end === 'reset') return 'the connection was reset while we were still sending';
  if (end === 'stuck') return 'nothing happened';
  return ending === 'half-close' ? 'we ended our side at once' : 'the request was not complete when we ended our side';
}

/** Enough to send it again. */
function describe({ index, kind, listener, segments, pauseMs, ending }: Exchange, sent: string): string {
  const bytes = sent.length > 400 ? `${sent.slice(0, 400)}… (${sent.length} bytes)` : sent;
  return `exchange ${index} (${kind}, ${listener}, ${segments.length} parts, ${pauseMs} ms, ${ending}): ${JSON.stringify(bytes)}`;
}
