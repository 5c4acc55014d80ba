import { homedir } from 'node:os';

/** The user's home. A user that is only a number, as in many containers, has none: then it is `/`, as engines have it. */
export function homeDirectory(ask: () => string = homedir): string {
  try {
    return ask();
  } catch {
    return '/';
  }
}
