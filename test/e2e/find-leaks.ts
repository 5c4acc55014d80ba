/** Something that must not be seen. */
export interface Needle {
  readonly name: string;
  readonly value: string | Uint8Array;
}

/** The needles that are in the text, plain or in a usual encoding, each with the encoding it was found in. */
export function findLeaks(haystack: string, needles: readonly Needle[]): readonly string[] {
  return needles.flatMap(({ name, value }) =>
    Object.entries(spellings(Buffer.from(value)))
      .filter(([, spelling]) => haystack.includes(spelling))
      .map(([encoding]) => `${name} (${encoding})`),
  );
}

function spellings(bytes: Buffer): Readonly<Record<string, string>> {
  const text = bytes.toString();
  return {
    plain: text,
    'JSON string': JSON.stringify(text).slice(1, -1),
    'JSON string in a JSON string': JSON.stringify(JSON.stringify(text).slice(1, -1)).slice(1, -1),
    'ASCII JSON string': JSON.stringify(text)
      .slice(1, -1)
      .replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`),
    'percent-encoded': encodeURIComponent(text),
    'form-encoded': new URLSearchParams({ v: text }).toString().slice(2),
    hex: bytes.toString('hex'),
    'upper-case hex': bytes.toString('hex').toUpperCase(),
    ...Object.fromEntries([0, 1, 2].map((offset) => [`base64 at ${offset}`, base64At(bytes, offset)])),
    ...Object.fromEntries([0, 1, 2].map((offset) => [`base64url at ${offset}`, toUrl(base64At(bytes, offset))])),
  };
}

/** What base64 makes of the bytes when they stand at such a place of a longer text, without what its neighbours change. */
function base64At(bytes: Buffer, offset: number): string {
  const whole = Buffer.concat([Buffer.alloc(offset), bytes]);
  const usable = whole.subarray(0, whole.length - (whole.length % 3));
  return usable.toString('base64').slice(offset === 0 ? 0 : 4);
}

const toUrl = (base64: string): string => base64.replaceAll('+', '-').replaceAll('/', '_');
