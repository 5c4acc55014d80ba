import { CommandFailure } from './command-failure.ts';
import type { DaemonAnswer, DaemonClient } from './daemon-client.ts';

/**
 * Asks, and takes a 200 for an answer.
 * @throws CommandFailure with detail and code of the daemon's problem for any other status.
 */
export async function askDaemon(client: DaemonClient, target: string, timeoutMs?: number): Promise<Uint8Array> {
  const answer = await client.get(target, timeoutMs);
  if (answer.status === 200) return answer.body;
  throw toCommandFailure(client, answer);
}

/** What an answer means that is no 200. */
export function toCommandFailure(client: DaemonClient, answer: DaemonAnswer): CommandFailure {
  const problem = parseProblem(answer);
  if (problem !== undefined) return new CommandFailure(`${problem.detail} (${problem.code})`);
  // 8200 is Vault's port, too.
  return new CommandFailure(
    `what listens at ${client.address} answered with status ${answer.status}, which is not keyfob's way; is it another program?`,
  );
}

function parseProblem(answer: DaemonAnswer): { readonly detail: string; readonly code: string } | undefined {
  if (!answer.contentType.startsWith('application/problem+json')) return undefined;
  try {
    const body: unknown = JSON.parse(Buffer.from(answer.body).toString());
    if (typeof body !== 'object' || body === null || !('detail' in body) || !('code' in body)) return undefined;
    return { detail: String(body.detail), code: String(body.code) };
  } catch {
    return undefined;
  }
}
