import { test } from 'tap';
import { FileProblem, problemText, toFileProblem } from '../../../src/providers/local/file-problem.ts';

const failure = (code: string): Error => Object.assign(new Error('/secret/place'), { code });

test('a failed call to the file system', async (t) => {
  t.match(toFileProblem(failure('ENOENT')), { kind: 'missing' });
  t.match(toFileProblem(failure('ENOTDIR')), { kind: 'missing' });
  t.match(toFileProblem(failure('EACCES')), { kind: 'unreadable', message: 'cannot be read (EACCES)' });
  const problem = new FileProblem('empty', 'is empty');
  t.equal(toFileProblem(problem), problem);
});

test('a mistake of ours is thrown on', async (t) => {
  t.throws(() => toFileProblem(new TypeError('ours')), { message: 'ours' });
});

test('one line', async (t) => {
  t.equal(problemText('a.yaml', new FileProblem('empty', 'is empty')), "the local secrets file 'a.yaml' is empty");
  const placed = new FileProblem('broken', 'is bad', { line: 2 });
  t.equal(problemText('a.yaml', placed), "the local secrets file 'a.yaml' is bad (line 2)");
  const exact = new FileProblem('broken', 'is bad', { line: 2, column: 3 });
  t.equal(problemText('a.yaml', exact), "the local secrets file 'a.yaml' is bad (line 2, column 3)");
});
