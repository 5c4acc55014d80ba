import { setTimeout as pause } from 'node:timers/promises';
import { faults } from '../../fakes/fake-vault.ts';
import { refusal } from '../../fakes/fake-vault-kv.ts';
import type { Daemon } from '../../e2e/daemon.ts';
import type { Shop } from './shop.ts';

const FROZEN_MS = 400;
const ITEMS = 100;
const PATH_BYTES = 2_000;
// More than the audit keeps in memory.
const BATCHES = 90;

/** All stores fail at once, each in its way, and the webhook, too. */
export function breakStores({ vault, busy, issuer, receiver }: Shop): void {
  vault.fault = () => 'reset';
  busy.fault = ({ path }) => {
    if (path === 'secret/data/busy/quick') return faults.throttled();
    return path === 'secret/data/busy/slow' ? 'hang' : undefined;
  };
  issuer.fault = ({ path }) => (path.startsWith('auth/') ? refusal(403, 'permission denied') : undefined);
  receiver.onDelivery = () => ({ status: 410 });
}

/** Holds the whole process up, as a node without a free core does. */
export async function freeze(daemon: Daemon): Promise<void> {
  daemon.signal('SIGSTOP');
  await pause(FROZEN_MS);
  daemon.signal('SIGCONT');
}

/** More lines than the audit can keep, and none of them can be written. */
export async function floodAudit(daemon: Daemon): Promise<void> {
  const secrets = Array.from({ length: ITEMS }, (_, index) => ({ path: `closed/${index}`.padEnd(PATH_BYTES, 'x') }));
  for (let batch = 0; batch < BATCHES; batch++) await daemon.http().post('/v1/batch', { secrets });
}
