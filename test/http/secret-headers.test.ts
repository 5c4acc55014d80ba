import * as fc from 'fast-check';
import { test } from 'tap';
import { CacheEntry, type Representation } from '../../src/cache/cache-entry.ts';
import type { ReadAnswer } from '../../src/client/failover.ts';
import { Redacted } from '../../src/core/redacted.ts';
import { secretHeaders } from '../../src/http/secret-headers.ts';
import { identity } from '../cache/cache-rig.ts';
import { textSecret } from '../fakes/secrets.ts';

const times = { fetchedAtMs: 1_000.5, expiresAtMs: 61_200.25, staleUntilMs: 90_000 };
const newEntry = (): CacheEntry => new CacheEntry(identity('a'), textSecret('x'), times);
const newBody = (): Representation => ({ body: new Redacted('x'), contentType: 'text/plain', etag: '"e"', bytes: 1 });

/** As they are where nothing was said before. */
const anew = (answer: ReadAnswer, nowMs: number): readonly string[] => secretHeaders(answer, newBody(), nowMs);

test('age and time left, in whole seconds', async (t) => {
  const entry = newEntry();
  const names = ['etag', '"e"', 'cache-control', 'no-store', 'age'];
  t.same(anew({ entry, outcome: 'hit' }, 3_100), [...names, '2', 'cache-status', 'keyfob; hit; ttl=58']);
  t.same(anew({ entry, outcome: 'miss' }, 1_001), [...names, '0', 'cache-status', 'keyfob; fwd=miss; ttl=60']);
  const stale = 'keyfob; fwd=stale; ttl=-1; detail=stale-if-error';
  t.same(anew({ entry, outcome: 'stale' }, 61_201), [...names, '60', 'cache-status', stale]);
});

test('what is kept is what would be written anew, at any time, whatever the outcome', async (t) => {
  const outcome = fc.constantFrom('hit', 'hit', 'hit', 'miss', 'stale');
  const step = fc.oneof(
    fc.constant(0),
    fc.double({ min: 0, max: 80, noNaN: true }),
    fc.double({ min: 0, max: 400, noNaN: true }),
    fc.constantFrom(0.25, 0.5, 999.75),
  );
  const steps = fc.array(fc.record({ outcome, step, lease: fc.option(fc.integer({ min: 0, max: 5_000 })) }));
  fc.assert(
    fc.property(steps, (all) => {
      const [entry, body] = [newEntry(), newBody()];
      let nowMs = times.fetchedAtMs;
      for (const { outcome: how, step: ms, lease } of all) {
        nowMs += ms;
        if (lease !== null) entry.extendLease(nowMs + lease);
        const answer = { entry, outcome: how };
        t.strictSame(secretHeaders(answer, body, nowMs), anew(answer, nowMs));
      }
    }),
  );
});

test('of what is asked for often they are the same list for up to a second', async (t) => {
  const [answer, body]: [ReadAnswer, Representation] = [{ entry: newEntry(), outcome: 'hit' }, newBody()];
  const first = secretHeaders(answer, body, 1_300);
  const second = secretHeaders(answer, body, 1_350);
  t.not(second, first, 'the first is kept by nobody');
  t.equal(secretHeaders(answer, body, 1_950), second);
  t.not(secretHeaders(answer, body, 2_001), second);
});
