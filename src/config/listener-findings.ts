import type { Finding } from './config-problems.ts';
import { type KeyPath, subjectOf } from './key-path.ts';
import { isLocal, parseListenAddress } from './listen-address.ts';
import { hasKey, listAt, textAt } from './unchecked.ts';

/** What is wrong with how a door of the API is protected. Takes settings that may not fit the schema. */
export function listenerFindings(settings: unknown): readonly Finding[] {
  return listAt(settings, ['listen']).flatMap((entry, index) => {
    const address = parseListenAddress(textAt(entry, ['address']) ?? entry);
    // A wrong address is reported by the schema.
    if (address === undefined) return [];
    const at = ['listen', index];
    const door = { settings, entry, at };
    if (address.kind === 'unix') return unixFindings(door);
    return [...tcpFindings(door), ...(isLocal(address) ? [] : exposedFindings(door))];
  });
}

interface Door {
  readonly settings: unknown;
  readonly entry: unknown;
  readonly at: KeyPath;
}

function unixFindings({ entry, at }: Door): readonly Finding[] {
  return hasKey(entry, ['tls']) ? [told([...at, 'tls'], 'has no meaning for a unix socket')] : [];
}

function tcpFindings(door: Door): readonly Finding[] {
  const { entry, at } = door;
  const findings = hasKey(entry, ['socket']) ? [told([...at, 'socket'], 'is for unix sockets')] : [];
  if (!hasKey(entry, ['caller']) || hasClientCa(door)) return findings;
  const message =
    "is for a unix socket, or a listener whose 'tls' has a 'clientCa': whoever reaches this one would be that caller";
  return [...findings, told([...at, 'caller'], message)];
}

/** Others than the programs of this machine can reach it. */
function exposedFindings(door: Door): readonly Finding[] {
  const { settings, entry, at } = door;
  const findings: Finding[] = [];
  if (!hasTls(door)) {
    const message = "can be reached from elsewhere and needs 'tls'; for probes and metrics there is 'ops.listen'";
    findings.push(told(at, message));
  }
  const mode = textAt(settings, ['access', 'mode']) ?? 'open';
  if (mode === 'open' && !hasKey(entry, ['caller'])) {
    const message = "can be reached from elsewhere, and 'access.mode' is open: it needs token or jwt";
    findings.push(told(at, message));
  }
  if (listAt(settings, ['hosts']).length === 0)
    findings.push(
      told(['hosts'], `is missing: ${subjectOf(at)} is reached by a name, and serves only those in the list`),
    );
  return findings;
}

const hasTls = ({ settings, entry }: Door): boolean => hasKey(entry, ['tls']) || hasKey(settings, ['tls']);

function hasClientCa({ settings, entry }: Door): boolean {
  return textAt(hasKey(entry, ['tls']) ? entry : settings, ['tls', 'clientCa']) !== undefined;
}

const told = (path: KeyPath, message: string): Finding => ({ path, message: `${subjectOf(path)} ${message}` });
