import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { AppendQueue } from '../../src/audit/append-queue.ts';
import { FakeClock } from '../fakes/fake-clock.ts';
import { until } from '../e2e/until.ts';

const onError = (error: Error): never => {
  throw error;
};

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('in order, however it is written', async (t) => {
  const file = join(t.testdir({}), 'out');
  const queue = new AppendQueue({ fd: openSync(file, 'a'), clock: new FakeClock(), onError });
  queue.push(bytes('a'));
  queue.drain();
  t.notOk(queue.writeNow(bytes('x')), 'not while another write is under way');
  queue.push(bytes('b'));
  await until('it is written', () => queue.queuedBytes === 0 || undefined);
  t.ok(queue.writeNow(bytes('c')));
  queue.push(bytes(''));
  queue.push(bytes('d'));
  t.equal(queue.queuedBytes, 1);
  t.ok(await queue.finish(1_000));
  t.equal(readFileSync(file, 'utf8'), 'abcd');
  closeSync(queue.fd);
});

test('very many pieces', async (t) => {
  const file = join(t.testdir({}), 'out');
  const queue = new AppendQueue({ fd: openSync(file, 'a'), clock: new FakeClock(), onError });
  const pieces = Array.from({ length: 5_000 }, (_, index) => `${index},`);
  for (const piece of pieces) queue.push(bytes(piece));
  t.ok(await queue.finish(1_000));
  t.equal(readFileSync(file, 'utf8'), pieces.join(''));
  closeSync(queue.fd);
});

const noFull = existsSync('/dev/full') ? false : 'this system has no /dev/full';

test('a row of failures is told once, and the next row again', { skip: noFull }, async (t) => {
  const folder = t.testdir({});
  const errors: unknown[] = [];
  let failures = 0;
  const onError = (error: Error, isFirst: boolean): void => {
    failures += 1;
    if (isFirst) errors.push(Object(error).code);
  };
  const queue = new AppendQueue({ fd: openSync('/dev/full', 'a'), clock: new FakeClock(), onError });
  queue.push(bytes('a'));
  for (let count = 0; count < 3; count += 1) t.notOk(queue.drainNow());
  t.notOk(await queue.finish(1_000));
  t.same(errors, ['ENOSPC']);
  t.equal(failures, 4, 'each try counts');
  queue.pushSwitch(() => openSync(join(folder, 'missing', 'out'), 'a'));
  t.notOk(queue.drainNow());
  t.same(errors, ['ENOSPC', 'ENOENT'], 'a file that cannot be opened is told, and the old one stays');
  queue.pushSwitch(() => openSync(join(folder, 'out'), 'a'));
  queue.pushSwitch(() => openSync('/dev/full', 'a'));
  t.notOk(queue.drainNow());
  t.equal(queue.queuedBytes, 1);
  closeSync(queue.fd);
});

test('a mark is told when all before it is written, and not before', async (t) => {
  const file = join(t.testdir({}), 'out');
  const queue = new AppendQueue({ fd: openSync(file, 'a'), clock: new FakeClock(), onError });
  const told: string[] = [];
  const mark = (name: string): void => queue.pushMark(() => told.push(`${name} after '${readFileSync(file, 'utf8')}'`));
  mark('first');
  t.same(told, ["first after ''"], 'there is nothing to wait for');
  queue.push(bytes('a'));
  mark('second');
  queue.push(bytes('b'));
  mark('third');
  mark('fourth');
  t.equal(told.length, 1);
  t.ok(await queue.finish(1_000));
  t.same(told.slice(1), ["second after 'ab'", "third after 'ab'", "fourth after 'ab'"]);
  queue.push(bytes('c'));
  mark('fifth');
  t.ok(queue.drainNow());
  t.equal(told.at(-1), "fifth after 'abc'");
  closeSync(queue.fd);
});

test('a mark is not told of what is left to the next file', { skip: noFull }, (t) => {
  const file = join(t.testdir({}), 'out');
  const queue = new AppendQueue({ fd: openSync('/dev/full', 'a'), clock: new FakeClock(), onError: () => undefined });
  queue.push(bytes('a'));
  queue.pushMark(() => t.fail('the piece before it may still be needed'));
  t.notOk(queue.drainNow());
  queue.pushSwitch(() => openSync(file, 'a'));
  t.ok(queue.drainNow());
  t.equal(readFileSync(file, 'utf8'), 'a');
  closeSync(queue.fd);
  t.end();
});
