import { parseArgs, type ParseArgsOptionsConfig } from 'node:util';
import { nearestKey } from '../core/nearest-key.ts';
import { UsageError } from './usage-error.ts';

/** What a command takes besides `--help`. */
export interface CommandLine<O extends ParseArgsOptionsConfig> {
  readonly options: O;
  /** Names of the arguments without dashes, in order; there may be many of the last one if it ends in `...`. */
  readonly positionals: readonly string[];
}

/**
 * `parseArgs` of Node, with messages of ours and the nearest valid option.
 * @throws UsageError
 */
export function parseCommandLine<const O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  { options, positionals: names }: CommandLine<O>,
) {
  rejectUnknownOptions(args, options);
  const { values, positionals } = strictly(args, options);
  const surplus = names.at(-1)?.endsWith('...') === true ? undefined : positionals[names.length];
  if (surplus !== undefined) throw new UsageError(`unexpected argument '${surplus}'`);
  return { values, positionals };
}

function strictly<const O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError && 'code' in error && error.code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
      throw new UsageError(toSentence(error.message));
    throw error;
  }
}

function rejectUnknownOptions(args: readonly string[], options: ParseArgsOptionsConfig): void {
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(options, token.name)) continue;
    const near = nearestKey(token.name, Object.keys(options));
    throw new UsageError(`unknown option '${token.rawName}'${near === undefined ? '' : `; did you mean '--${near}'?`}`);
  }
}

/** Node's `Option '--key <value>' argument missing` in the form of our messages, its first line alone. */
const toSentence = (message: string): string =>
  (message.split('\n')[0] ?? '').replace(/\.$/, '').replace(/^./, (letter) => letter.toLowerCase());
