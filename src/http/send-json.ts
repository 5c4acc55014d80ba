import type { FastifyReply } from 'fastify';

/** An answer about secrets: JSON that nobody may keep. Text is sent as it is, anything else as its route's schema says. */
export function sendJson(reply: FastifyReply, body: string | object): FastifyReply {
  return reply.type('application/json; charset=utf-8').header('cache-control', 'no-store').send(body);
}
