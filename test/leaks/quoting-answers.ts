/** An answer of a store that quotes what it should not, in one of the shapes that stores and what stands before them have. */
export interface QuotingAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

const STATUSES = [400, 401, 403, 404, 409, 429, 500, 502, 503];
const CODES = [
  'AccessDeniedException',
  'ResourceNotFoundException',
  'ThrottlingException',
  'Forbidden',
  'SecretNotFound',
];

/** @param words all that must not be seen, in one text */
export function quotingAnswers(words: string): readonly QuotingAnswer[] {
  const header = Buffer.from(words.replaceAll(/[^ -~]/g, ''))
    .toString('latin1')
    .slice(0, 4_000);
  const json = { 'content-type': 'application/json', 'x-quoted': header };
  const refusals = STATUSES.flatMap((status, index) => {
    const code = CODES[index % CODES.length] ?? '';
    const body = { __type: code, message: words, Message: words, errors: [words], warnings: [words] };
    return [
      { status, text: JSON.stringify({ ...body, error: { code, status: code, message: words } }), headers: json },
      { status, text: `<html><h1>${words}</h1></html>`, headers: { 'content-type': 'text/html', 'x-quoted': header } },
    ];
  });
  return [
    ...refusals,
    { status: 200, text: `{"data":{"data":{"k":${JSON.stringify(words)}`, headers: json },
    {
      status: 200,
      text: JSON.stringify({ data: words, SecretString: 5, value: [words], payload: words }),
      headers: json,
    },
    { status: 200, text: words, headers: { 'content-type': 'text/plain', 'x-quoted': header } },
    { status: 200, text: '', headers: json },
    {
      status: 302,
      text: words,
      headers: { ...json, location: `http://127.0.0.1:1/?${encodeURIComponent(words)}`.slice(0, 4_000) },
    },
  ];
}
