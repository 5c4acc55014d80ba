import type { Keystream } from './keystream.ts';
import { drawLength } from './length-class.ts';

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----[^]*?-----END \1-----/g;
const LINE = /.{1,64}/g;

export const isPem = (text: string): boolean => text.search(BLOCK) !== -1;

/** Blocks with the same labels in the same order, and nothing beside them. */
export function fakePem(stream: Keystream, text: string): string {
  const blocks = Array.from(text.matchAll(BLOCK), ([block, label = '']) => {
    const bytes = stream.bytes(drawLength(stream, Math.ceil((block.length * 3) / 4)));
    const lines = bytes.toString('base64').match(LINE) ?? [];
    return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
  });
  return blocks.join('');
}
