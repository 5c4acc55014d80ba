import t from 'tap';
import { retryHint } from '../../../src/credentials/azure/retry-hint.ts';

const hint = (headers: Readonly<Record<string, string>>): unknown => retryHint(new Map(Object.entries(headers)), 0);
t.same(hint({ 'retry-after': '2' }), { retryAfterMs: 2_000 });
t.same(hint({ 'retry-after-ms': '20', 'retry-after': '2' }), { retryAfterMs: 20 });
t.same(hint({ 'x-ms-retry-after-ms': '30' }), { retryAfterMs: 30 });
t.same(hint({ 'retry-after-ms': 'soon', 'retry-after': 'Thu, 01 Jan 1970 00:00:03 GMT' }), { retryAfterMs: 3_000 });
t.same(hint({}), {});
