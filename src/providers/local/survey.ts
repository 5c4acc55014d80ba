import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BigIntStats } from 'node:fs';
import { FileProblem, toFileProblem } from './file-problem.ts';

// A path that was set by mistake, such as `/`, must not be walked to its end.
const MAX_FILES = 10_000;

/** A file that holds secrets, as it was when it was looked at. */
export interface SurveyedFile {
  readonly file: string;
  /** The secret's path, for a file of a directory. */
  readonly path: string;
  readonly bytes: number;
  readonly mode: number;
  readonly changedMs: number;
  /** Differs when the file was written, replaced or given other permissions. */
  readonly fingerprint: string;
}

export interface Survey {
  readonly kind: 'file' | 'directory';
  readonly files: readonly SurveyedFile[];
  /** Of all files together. */
  readonly fingerprint: string;
}

/**
 * Looks at a file, or at all files below a directory, without reading them.
 * @throws FileProblem
 */
export async function surveyFiles(root: string, maxFiles = MAX_FILES): Promise<Survey> {
  try {
    const stats = await stat(root, { bigint: true });
    const kind = stats.isDirectory() ? 'directory' : 'file';
    // Reading a pipe might never end.
    if (kind === 'file' && !stats.isFile()) throw new FileProblem('broken', 'is neither a file nor a directory');
    const files =
      kind === 'file' ? [toSurveyed(root, '', stats)] : await surveyDirectory(root, '', { above: [], maxFiles });
    return { kind, files, fingerprint: files.map((entry) => `${entry.path}\0${entry.fingerprint}`).join('\0\0') };
  } catch (error) {
    throw toFileProblem(error);
  }
}

interface Way {
  /** The real folders that lead to this one. */
  readonly above: readonly string[];
  readonly maxFiles: number;
}

/**
 * Names that start with `..` belong to the kubelet: `..data` is a link that it moves to a new folder, and the visible
 * names are links through it. Links are followed, but no folder into itself.
 */
async function surveyDirectory(directory: string, prefix: string, way: Way): Promise<SurveyedFile[]> {
  const real = await realpath(directory);
  if (way.above.includes(real)) return [];
  const found: SurveyedFile[] = [];
  for (const name of (await readdir(directory)).sort()) {
    if (name.startsWith('..')) continue;
    const file = join(directory, name);
    const stats = await statIfThere(file);
    const below = { ...way, above: [...way.above, real] };
    if (stats?.isDirectory()) found.push(...(await surveyDirectory(file, `${prefix}${name}/`, below)));
    // A socket or a pipe holds no secret, and reading one might never end.
    else if (stats?.isFile()) found.push(toSurveyed(file, `${prefix}${name}`, stats));
    if (found.length > way.maxFiles) throw new FileProblem('broken', `holds more than ${way.maxFiles} files`);
  }
  return found;
}

/** Undefined for a link that leads nowhere: the kubelet takes the link of a removed key away after the key. */
async function statIfThere(file: string): Promise<BigIntStats | undefined> {
  try {
    return await stat(file, { bigint: true });
  } catch (error) {
    if (toFileProblem(error).kind === 'missing') return undefined;
    throw error;
  }
}

function toSurveyed(file: string, path: string, stats: BigIntStats): SurveyedFile {
  const { dev, ino, size, mtimeNs, ctimeNs, mode } = stats;
  return {
    file,
    path,
    bytes: Number(size),
    mode: Number(mode),
    changedMs: Number(stats.mtimeMs),
    fingerprint: [dev, ino, size, mtimeNs, ctimeNs].join(':'),
  };
}
