import { AuditSink } from '../audit/audit-sink.ts';
import { toChainKey } from '../audit/chain-key.ts';
import type { AuditConfig } from '../config/config.ts';
import { ConfigurationError } from '../core/errors/configuration-error.ts';
import { readSymmetricKey } from '../core/symmetric-key.ts';
import type { Composition, OpenAudit, Surroundings } from './composition.ts';

/**
 * The sink of the previous composition where it is the same, else a new one.
 * @throws ConfigurationError for a file that cannot be opened or a key that cannot be read
 */
export async function openAudit(
  around: Surroundings,
  config: AuditConfig,
  previous: Composition | undefined,
): Promise<OpenAudit | undefined> {
  if (!config.enabled) return undefined;
  const purpose = { setting: 'audit', code: 'MissingEndpoint' } as const;
  const key = config.key === undefined ? undefined : toChainKey(await readSymmetricKey(config.key, purpose));
  const isSame = previous?.config.audit.sink === config.sink;
  const sink = (isSame ? previous.audit?.sink : undefined) ?? openSink(around, config.sink, key);
  // Told in another place than the file, where somebody who cuts its end off cannot change it.
  const tellHead = (message: string): void =>
    around.log.info({ head: sink.head.hash, block: sink.head.block }, message);
  return {
    sink,
    key,
    reopen: () => {
      if (sink.reopen()) tellHead('the audit goes on in a new file');
    },
    close: async () => {
      if (await sink.close()) tellHead('the audit was closed');
    },
  };
}

/** Seals and writes by this configuration from here on. */
export function useAudit({ audit, config: { audit: config } }: Composition): void {
  audit?.sink.configure({ key: audit.key, isWriteThrough: config.failClosed });
}

function openSink({ clock, metrics, log }: Surroundings, target: string, key: OpenAudit['key']): AuditSink {
  let hasTold = false;
  try {
    return new AuditSink({
      target,
      clock,
      ...(key !== undefined && { key }),
      onError: (err, isFirst) => {
        metrics.auditErrors.inc();
        if (isFirst) log.error({ err }, 'the audit sink failed');
      },
      onRecovery: (lines) =>
        log.warn({ lines }, 'the audit goes on in a file that was not closed: its last lines are sealed as found'),
      onDrop: () => {
        metrics.auditDropped.inc();
        if (!hasTold) log.error({}, 'the audit loses lines: its sink has failed for too long');
        hasTold = true;
      },
    });
  } catch (cause) {
    throw new ConfigurationError('MissingEndpoint', `the audit file '${target}' cannot be opened`, { cause });
  }
}
