import { RequestError } from '../../core/errors/request-error.ts';
import type { Location } from '../../core/provider.ts';
import type { CallName, Place, Question } from '../question.ts';
import { type CallLine, type CassetteLine, fromRecordedError, type PlaceLine, toKey } from './cassette-line.ts';

export interface TapeOptions {
  readonly file: string;
  /**
   * `key`: each question gets the answers that it got, one after the other, and the last again and again. `order`: the
   * questions have to come in the order of the recording.
   */
  readonly match: 'key' | 'order';
}

/** The recorded answers to one question. */
interface Track {
  readonly lines: readonly CallLine[];
  played: number;
}

/** A recording, and how far it has been played. */
export class Tape {
  readonly #options: TapeOptions;
  readonly #places: ReadonlyMap<string, PlaceLine>;
  readonly #tracks: ReadonlyMap<string, Track>;
  /** Health is asked for when the daemon wants to know, so it has no place in the order. */
  readonly #order: readonly CallLine[];
  #next = 0;

  constructor(lines: readonly CassetteLine[], options: TapeOptions) {
    this.#options = options;
    const calls = lines.filter((line) => line.kind === 'call');
    const places = lines.filter((line) => line.kind === 'place');
    this.#places = new Map(places.map((line) => [placeKey(line.provider, line), line]));
    const tracks = Map.groupBy(calls, (line) => callKey(line.provider, line));
    this.#tracks = new Map(Array.from(tracks, ([key, lines]) => [key, { lines, played: 0 }]));
    this.#order = calls.filter(({ name }) => name !== 'health');
  }

  /** Where a path was. @throws what was thrown then; RequestError `NotRecorded` */
  locate(provider: string, place: Place): Location {
    const line = this.#places.get(placeKey(provider, place));
    if (line?.error !== undefined) throw fromRecordedError(line.error);
    if (line?.location !== undefined) return line.location;
    throw this.#missing(`nobody asked '${provider}' for '${place.path}'`);
  }

  /** The answer that comes next; undefined for health that nobody asked for. @throws RequestError `NotRecorded` */
  play<K extends CallName>(provider: string, question: Question<K>): CallLine | undefined {
    const key = callKey(provider, question);
    const isHealth = question.name === 'health';
    if (this.#options.match === 'order' && !isHealth) return this.#playNext(provider, question, key);
    const track = this.#tracks.get(key);
    const line = track?.lines[Math.min(track.played, track.lines.length - 1)];
    if (track !== undefined) track.played++;
    if (line === undefined && !isHealth) throw this.#missing(`nobody asked '${provider}' for ${inWords(question)}`);
    return line;
  }

  /** What was recorded and has not been asked for, in words. */
  unplayed(): readonly string[] {
    if (this.#options.match === 'order') return this.#order.slice(this.#next).map(lineInWords);
    return [...this.#tracks.values()].flatMap(({ lines: [line], played }) =>
      played > 0 || line === undefined || line.name === 'health' ? [] : [lineInWords(line)],
    );
  }

  #playNext(provider: string, question: Question, key: string): CallLine {
    const line = this.#order[this.#next];
    if (line === undefined) throw this.#missing(`it has ended, and '${provider}' is asked for ${inWords(question)}`);
    if (callKey(line.provider, line) !== key)
      throw this.#missing(`it goes on with ${lineInWords(line)}, and '${provider}' is asked for ${inWords(question)}`);
    this.#next++;
    return line;
  }

  #missing(what: string): RequestError {
    return new RequestError('NotRecorded', `not in the cassette '${this.#options.file}': ${what}`);
  }
}

const callKey = (provider: string, { scope, name, args }: Pick<CallLine, 'scope' | 'name' | 'args'>): string =>
  toKey(provider, scope, name, args);

const placeKey = (provider: string, { scope, path, selector }: Place): string => toKey(provider, scope, path, selector);

const lineInWords = (line: CallLine): string => `'${line.provider}' and ${inWords(line)}`;

function inWords({ name, args }: Pick<CallLine, 'name' | 'args'>): string {
  const { id, prefix = '', selector }: Partial<Location & { readonly prefix: string }> = Object(args);
  const which = selector?.version ?? selector?.stage;
  return `'${name}' of '${id ?? prefix}'${which === undefined ? '' : ` at '${which}'`}`;
}
