import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { inspect } from 'node:util';
import { RequestError } from '../../src/core/errors/request-error.ts';
import { current } from '../../src/core/selector.ts';
import { CANARY, type ContractCase } from './contract-case.ts';

const value = `{"of":"${CANARY}"}`;

/** Refusals, health and manners. */
export const conductCases = {
  'a missing secret is SecretDoesNotExist': async (bench) => {
    await bench.seed('app/db', value);
    for (const path of ['app/nothing', 'app', 'nothing/at/all', '__proto__', 'constructor']) {
      const id = bench.id(path);
      await bench.fails(() => bench.get(path), 'SecretNotFoundError/SecretDoesNotExist');
      await bench.fails(() => bench.provider.describe(id, bench.call), 'SecretNotFoundError/SecretDoesNotExist');
      await bench.fails(
        () => bench.provider.versions(id, { limit: 10 }, bench.call),
        'SecretNotFoundError/SecretDoesNotExist',
      );
    }
  },

  'a version or stage of a missing secret is SecretDoesNotExist': async (bench) => {
    const version = bench.harness.versionIds.missing;
    await bench.fails(() => bench.get('app/nothing', { version }), 'SecretNotFoundError/SecretDoesNotExist');
    await bench.fails(() => bench.get('app/nothing', { stage: 'previous' }), 'SecretNotFoundError/SecretDoesNotExist');
  },

  'a refused secret is AccessError': async (bench) => {
    await bench.seed('app/db', value);
    await bench.seed('app/free', value);
    await bench.refuse('app/db');
    const error = await bench.failure(() => bench.get('app/db'));
    bench.t.equal(error?.category, 'AccessError');
    bench.t.equal(await bench.text('app/free'), value, 'the others stay');
  },

  'a malformed version id is refused before the store is asked': async (bench) => {
    const version = bench.harness.versionIds.malformed;
    for (const bad of [version, '', '\u0000', 'a/../b', 'x'.repeat(5000)])
      bench.t.throws(() => bench.provider.locate('app/db', { version: bad }), { code: 'InvalidParameter' });
    bench.t.throws(() => bench.provider.locate('app/db', { version }), RequestError);
  },

  'a place is the same each time': async (bench) => {
    bench.t.same(bench.provider.locate('app/db', current), bench.provider.locate('app/db', current));
    bench.t.same(bench.provider.locate('app/db', current).selector, current);
  },

  'rotation makes a version, or is RotationNotConfigured': async (bench) => {
    await bench.seed('app/db', value);
    const rotate = () => bench.provider.rotate(bench.id('app/db'), { ...bench.call, idempotencyToken: randomUUID() });
    if (bench.harness.rotates !== true) {
      await bench.fails(rotate, 'RotationError/RotationNotConfigured');
      return;
    }
    const { versionId } = await rotate();
    bench.t.equal((await bench.get('app/db')).version, versionId);
    bench.t.not(await bench.text('app/db'), value);
    bench.t.equal(await bench.text('app/db', { stage: 'previous' }), value);
  },

  'a store that answers is healthy': async (bench) => {
    bench.isSilent(await bench.provider.health(bench.call));
    bench.isSilent(bench.provider.status());
    bench.t.notMatch(inspect(bench.provider, { depth: 4 }), CANARY, 'no value is printed');
  },

  'an aborted call ends at once': async (bench) => {
    await bench.seed('app/db', value);
    const id = bench.id('app/db');
    const call = { signal: AbortSignal.abort() };
    await bench.failure(() => bench.get('app/db', current, call));
    await bench.failure(() => bench.provider.list({ prefix: '', tags: {}, limit: 1 }, call));
    await bench.failure(() => bench.provider.describe(id, call));
    await bench.failure(() => bench.provider.versions(id, { limit: 1 }, call));
    await bench.failure(() => bench.provider.health(call));
  },

  'a call that is aborted under way ends at once': async (bench) => {
    await bench.seed('app/db', value);
    const abort = new AbortController();
    const outcome = bench.get('app/db', current, { signal: abort.signal }).then(
      () => 'answered',
      (error: unknown) => bench.failure(() => Promise.reject(error)),
    );
    abort.abort();
    await turn();
    bench.t.ok(await outcome, 'it ends, with the value or within the taxonomy');
  },

  'concurrent reads do not disturb each other': async (bench) => {
    for (const n of [1, 2, 3]) await bench.seed(`app/${n}`, `{"n":${n},"of":"${CANARY}"}`);
    const texts = await Promise.all([1, 2, 3, 1, 2, 3].map((n) => bench.text(`app/${n}`)));
    bench.t.same(
      texts.map((text) => JSON.parse(text).n),
      [1, 2, 3, 1, 2, 3],
    );
  },
} as const satisfies Record<string, ContractCase>;
