import type { Handler } from '../bind-operations.ts';
import { visitOf } from '../request-context.ts';
import type { SecretReads } from '../secret-reads.ts';
import { toSecretQuestion } from '../secret-question.ts';

/** `GET /v1/secrets/{path}`, where it is asked by a URL that is new. */
export function getSecret(reads: SecretReads): Handler {
  return (request, reply) => {
    const question = toSecretQuestion(request);
    const { raw } = request;
    reply.hijack();
    reads.answer({ question, visit: visitOf(raw), response: reply.raw, url: raw.url ?? '' });
  };
}
