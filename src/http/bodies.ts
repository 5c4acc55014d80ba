import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../core/errors/request-error.ts';

const JSON_TYPE = 'application/json';
/** Documents that are not JSON. `application/yaml` is RFC 9512's; nobody has registered a type for .env files. */
const TEXT_TYPES = ['text/plain', 'application/yaml', 'text/x-dotenv'];

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, where it is JSON: a document in it keeps its numbers and its white space. */
    bodyText: string;
  }
}

/** How bodies are read: what is no UTF-8 is refused, since half of it would come back as something else. */
export function readBodies(app: FastifyInstance): void {
  app.decorateRequest('bodyText', '');
  app.removeContentTypeParser([JSON_TYPE, 'text/plain']);
  const strict = app.getDefaultJsonParser('error', 'error');
  // A document may have any name in it: nothing but its text is used.
  const lenient = app.getDefaultJsonParser('ignore', 'ignore');
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'buffer' }, (request, body: Buffer, done) => {
    const text = toText(body);
    // Some clients name a type with each request, also where they send nothing; the framework refuses that.
    if (text === '') done(null, undefined);
    else if (text === undefined) done(notUtf8());
    else {
      request.bodyText = text;
      void (hasDocument(request) ? lenient : strict)(request, text, done);
    }
  });
  app.addContentTypeParser(TEXT_TYPES, { parseAs: 'buffer' }, (_request, body: Buffer, done) => {
    const text = toText(body);
    if (text === undefined) done(notUtf8());
    else done(null, text);
  });
}

const toText = (body: Buffer): string | undefined => (isUtf8(body) ? body.toString() : undefined);

const notUtf8 = (): RequestError => new RequestError('InvalidBody', 'the body is no UTF-8');

const hasDocument = ({ routeOptions }: FastifyRequest): boolean => routeOptions.config.access === 'resolve';
