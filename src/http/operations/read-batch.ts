import type { ReadAnswer } from '../../client/failover.ts';
import type { AccessContext } from '../../core/access-context.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import type { Handler } from '../bind-operations.ts';
import { toProblem } from '../problem.ts';
import { toAccessContext } from '../request-context.ts';
import { representationName } from '../secret-body.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

interface BatchItem {
  readonly path: string;
  readonly key?: string;
  readonly version?: string;
  readonly stage?: string;
  readonly provider?: string;
}

const MAX_BATCH_LENGTH = 16 * 1024 * 1024;

/** `POST /v1/batch`: a result for each item, in the order asked. The bodies are those of single reads. */
export function readBatch(tools: OperationTools): Handler {
  return async (request, reply) => {
    const context = toAccessContext(request);
    const items = parseItems(request.body);
    const answers = tools.charged.readAll(items, { context });
    const results = await Promise.all(
      items.map((item, index) => readItem(tools, { item, answer: answers[index], context })),
    );
    return sendJson(reply, `{"results":[${bounded(items, results, context).join(',')}]}`);
  };
}

/** The same large secret may be asked for a hundred times: what does not fit any more is answered by a problem. */
function bounded(
  items: readonly BatchItem[],
  results: readonly string[],
  { requestId }: AccessContext,
): readonly string[] {
  const tooLarge = new RequestError('PayloadTooLarge', 'the answer would be larger than 16 MiB; ask for fewer at once');
  let length = 0;
  return results.map((result, index) => {
    const path = items[index]?.path ?? '';
    const isWithin = length + result.length <= MAX_BATCH_LENGTH;
    if (isWithin) length += result.length;
    return isWithin ? result : JSON.stringify({ path, problem: { ...toProblem(tooLarge, requestId), path } });
  });
}

interface Reading {
  readonly item: BatchItem;
  readonly answer: ReadAnswer | Promise<ReadAnswer> | undefined;
  readonly context: AccessContext;
}

async function readItem(tools: OperationTools, { item, answer: asked, context }: Reading): Promise<string> {
  const { client, bodies } = tools;
  const { path, key } = item;
  try {
    const answer = await asked;
    if (answer === undefined) throw new TypeError('a batch with fewer answers than questions');
    const choice = { path, raw: false, ...(key !== undefined && { key }) };
    const name = representationName(choice, answer.entry.identity.path);
    const { body } = client.represent(answer, name, () => bodies.build(answer, choice));
    return `{"path":${JSON.stringify(path)},"secret":${String(body.expose())}}`;
  } catch (error) {
    const problem = { ...toProblem(error, context.requestId), path };
    return JSON.stringify({ path, problem });
  }
}

/** The contract has checked the body; the cast says no more than its schema. */
function parseItems(body: unknown): readonly BatchItem[] {
  return (body as { readonly secrets: readonly BatchItem[] }).secrets;
}
