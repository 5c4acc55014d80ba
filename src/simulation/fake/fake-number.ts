import { repeat } from './fake-characters.ts';
import type { Keystream } from './keystream.ts';
import { drawLength } from './length-class.ts';

const NUMBER = /^(-?)(0|[1-9]\d*)(\.\d+)?((?:[eE][+-]?\d+)?)$/;

export const isNumber = (text: string): boolean => NUMBER.test(text);

/** A number with as many parts, as JSON writes it. */
export function fakeNumber(stream: Keystream, text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = ''] = NUMBER.exec(text) ?? [];
  const digits = (length: number): string => repeat(drawLength(stream, length), () => stream.pick('0123456789'));
  const first = whole === '0' ? '0' : stream.pick('123456789');
  const rest = whole === '0' ? '' : digits(whole.length).slice(1);
  return sign + first + rest + (fraction === '' ? '' : `.${digits(fraction.length - 1)}`) + exponent;
}
