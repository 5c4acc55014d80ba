import type { SecretEvent } from '../core/secret-event.ts';

/** A comment, which clients pass over (HTML Living Standard §9.2.6): the connection is seen to be alive. */
export const heartbeat = ': heartbeat\n\n';

/** An event in the form of `text/event-stream`. JSON has no line break that would end the field. */
export function toServerSentEvent({ id, type, ...event }: SecretEvent): string {
  const { path, provider, version, previousVersion, at } = event;
  const data = JSON.stringify({ path, provider, version, previousVersion, at });
  return `id: ${id}\nevent: ${type}\ndata: ${data}\n\n`;
}
