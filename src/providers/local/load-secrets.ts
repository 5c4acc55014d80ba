import { FileProblem } from './file-problem.ts';
import { type ReadSecrets, readSecrets } from './read-secrets.ts';
import { type Survey, surveyFiles } from './survey.ts';

// A file that is written all the time is served as it is; the next look comes within a second.
const MAX_TRIES = 3;

export interface Loaded {
  readonly survey: Survey;
  readonly outcome: ReadSecrets | FileProblem;
}

/**
 * Reads the secrets unless nothing changed since `seen`, the fingerprint of the survey before. What changes while it is
 * being read is read again, so that the two sides of a `..data` swap do not mix.
 * @throws FileProblem when the files cannot even be looked at.
 */
export async function loadSecrets(
  root: string,
  seen: string | undefined,
  read = readSecrets,
): Promise<Loaded | undefined> {
  let survey = await surveyFiles(root);
  if (survey.fingerprint === seen) return undefined;
  for (let tries = 1; ; tries++) {
    const outcome = await outcomeOf(read(survey));
    const after = await surveyFiles(root);
    if (after.fingerprint === survey.fingerprint || tries === MAX_TRIES) return { survey, outcome };
    survey = after;
  }
}

async function outcomeOf(reading: Promise<ReadSecrets>): Promise<ReadSecrets | FileProblem> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof FileProblem) return error;
    throw error;
  }
}
