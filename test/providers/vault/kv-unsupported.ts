import type { CaseName, Exception } from '../../contract/provider-contract.ts';

const reason = 'the KV engine holds JSON objects only';

/** Cases of the contract that no KV engine can be brought to. */
export const kvUnsupported: { readonly [name in CaseName]?: Exception } = {
  'a JSON array keeps every type as it is written': { reason },
  'text is kept byte for byte': { reason },
  'text that looks like a number is not touched': { reason },
  'broken JSON is text like any other': { reason },
  'bytes that are no UTF-8 are kept': { reason },
};
