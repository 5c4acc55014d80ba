import type { AccessContext } from '../../core/access-context.ts';
import type { Handler } from '../bind-operations.ts';
import { toProblem } from '../problem.ts';
import { toAccessContext } from '../request-context.ts';
import { representationName } from '../secret-body.ts';
import type { OperationTools } from './operation-tools.ts';

interface BatchItem {
  readonly path: string;
  readonly key?: string;
  readonly version?: string;
  readonly stage?: string;
  readonly provider?: string;
}

/** `POST /v1/batch`: a result for each item, in the order asked. The bodies are those of single reads. */
export function readBatch(tools: OperationTools): Handler {
  return async (request, reply) => {
    const context = toAccessContext(request);
    const results = await Promise.all(parseItems(request.body).map((item) => readItem(tools, item, context)));
    return reply
      .type('application/json; charset=utf-8')
      .header('cache-control', 'no-store')
      .send(`{"results":[${results.join(',')}]}`);
  };
}

async function readItem(tools: OperationTools, item: BatchItem, context: AccessContext): Promise<string> {
  const { client, bodies } = tools;
  const { path, key } = item;
  try {
    const answer = await client.read({ ...item, context });
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
