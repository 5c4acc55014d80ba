import { test } from 'tap';
import { fromFastifyError } from '../../src/http/fastify-errors.ts';

const frameworkError = (code: string, statusCode: number): Error =>
  Object.assign(new Error('kf-hidden'), { code, statusCode });

test("the framework's refusals are told in our terms, without its message", async (t) => {
  const rows = [
    ['FST_ERR_BAD_URL', 400, 'InvalidPath'],
    ['FST_ERR_MAX_PARAM_LENGTH', 414, 'InvalidPath'],
    ['FST_ERR_CTP_BODY_TOO_LARGE', 413, 'PayloadTooLarge'],
    ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 415, 'UnsupportedMediaType'],
    ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 400, 'InvalidBody'],
    ['FST_ERR_CTP_INVALID_JSON_BODY', 400, 'InvalidBody'],
    ['FST_ERR_SOMETHING_NEW', 400, 'InvalidBody'],
  ] as const;
  for (const [code, status, ours] of rows) {
    const refusal = fromFastifyError(frameworkError(code, status));
    t.match(refusal, { category: 'RequestError', code: ours }, code);
    t.notMatch(refusal?.message, 'kf-hidden');
  }
});

test('the rest is an error of ours', async (t) => {
  for (const error of [
    new Error('x'),
    frameworkError('FST_ERR_SEND_INSIDE_ONERR', 500),
    { statusCode: 400 },
    undefined,
  ])
    t.equal(fromFastifyError(error), undefined);
});
