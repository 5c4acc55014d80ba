import type { FastifyRequest } from 'fastify';
import { JsonNode } from '../../core/json-node.ts';
import { plainText } from '../../core/json-text.ts';
import { RequestError } from '../../core/errors/request-error.ts';
import type { Format } from '../../resolver/documents/formats.ts';
import type { Source } from '../../resolver/resolver.ts';
import { Turns } from '../../resolver/turns.ts';
import type { Handler } from '../bind-operations.ts';
import { explanations } from '../explanations.ts';
import { Query } from '../query.ts';
import { toAccessContext } from '../request-context.ts';
import { resolvedReferences } from '../resolved-references.ts';
import { sendJson } from '../send-json.ts';
import type { OperationTools } from './operation-tools.ts';

/** Formats of bodies that are the document itself. */
const formats: ReadonlyMap<string, Format> = new Map([
  ['text/plain', 'text'],
  ['application/yaml', 'yaml'],
  ['text/x-dotenv', 'env'],
]);

/** `POST /v1/resolve`: a document in, the same out; JSON `{text}` or `{document}` in, JSON out; `explain` reads nothing. */
export function resolveReferences({ resolver, clock }: OperationTools): Handler {
  return async (request, reply) => {
    const source = toSource(request);
    if (new Query(request).flag('explain'))
      return sendJson(reply, explanations(await resolver.explain(source, toAccessContext(request))));
    const { text, references } = await resolver.resolve(source, toAccessContext(request));
    const { mediaType = '' } = request;
    if (formats.has(mediaType))
      return reply.type(`${mediaType}; charset=utf-8`).header('cache-control', 'no-store').send(text);
    const member = source.format === 'json' ? `"document":${text}` : `"text":${JSON.stringify(text)}`;
    const list = await resolvedReferences(references, new Turns(clock));
    return sendJson(reply, `{${member},"references":${list}}`);
  };
}

/** @throws RequestError `InvalidBody` for JSON without a document, or with two. */
function toSource({ mediaType = '', body, bodyText }: FastifyRequest): Source {
  const format = formats.get(mediaType);
  if (format !== undefined) return { format, text: String(body) };
  // The contract has checked the body. What it holds is taken from its source text, so that numbers stay as they are.
  const node = new JsonNode(bodyText);
  const [text, document] = [node.child('text'), node.child('document')];
  if (text !== undefined && document === undefined) return { format: 'text', text: plainText(text.text) };
  if (document !== undefined && text === undefined) return { format: 'json', text: document.text };
  throw new RequestError('InvalidBody', "the body has either 'text' or 'document'");
}
