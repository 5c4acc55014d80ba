import { Redacted } from '../../core/redacted.ts';
import { FileProblem } from './file-problem.ts';
import type { SourceNode } from './source-node.ts';
import type { SecretValue } from '../../core/secret.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/**
 * The value of a secret: `{ base64: … }` is bytes, everything else is text.
 * @throws FileProblem
 */
export function parseValue(node: SourceNode): SecretValue {
  const members = node.members();
  const encoded = members.size === 1 ? members.get('base64') : undefined;
  return encoded === undefined ? new Redacted(node.text()) : new Redacted<Uint8Array>(parseBase64(encoded));
}

function parseBase64(node: SourceNode): Uint8Array {
  // Long values are folded over several lines.
  const text = node.text().replace(/\s+/g, '');
  if (node.kind === 'list' || node.kind === 'map' || text.length % 4 !== 0 || !BASE64.test(text))
    throw new FileProblem('broken', "has a 'base64' that is no base64", node.place);
  return Buffer.from(text, 'base64');
}
