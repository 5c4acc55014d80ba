import { test } from 'tap';
import { FileProblem, type ProblemKind } from '../../../src/providers/local/file-problem.ts';
import { isFinal } from '../../../src/providers/local/is-final.ts';
import type { Loaded } from '../../../src/providers/local/load-secrets.ts';

const NOW_MS = 1_000_000;

const loaded = (changedMs: number, outcome?: Loaded['outcome']): Loaded => ({
  survey: {
    kind: 'directory',
    files: [NOW_MS - 60_000, changedMs].map((changedMs) => ({
      file: 'a',
      path: 'a',
      bytes: 1,
      mode: 0o600,
      changedMs,
      fingerprint: '',
    })),
    fingerprint: '',
  },
  outcome: outcome ?? { secrets: new Map(), unserved: [] },
});

test('a file that was just written may be written again unseen', async (t) => {
  t.equal(isFinal(loaded(NOW_MS - 2001), NOW_MS), true);
  t.equal(isFinal(loaded(NOW_MS - 1999), NOW_MS), false);
  t.equal(isFinal(loaded(NOW_MS), NOW_MS), false);
  t.equal(isFinal(loaded(NOW_MS + 1999), NOW_MS), false, 'clocks of file servers differ');
});

for (const [kind, final] of [
  ['broken', true],
  ['empty', true],
  ['missing', false],
  ['unreadable', false],
] as const satisfies readonly (readonly [ProblemKind, boolean])[])
  test(`a file that is ${kind} ${final ? 'stays so' : 'may be read the next time'}`, async (t) => {
    const problem = new FileProblem(kind, 'is bad');
    t.equal(isFinal(loaded(0, problem), NOW_MS), final);
    t.equal(isFinal(loaded(0, { secrets: new Map(), unserved: [{ file: 'a', path: 'a', problem }] }), NOW_MS), final);
  });
