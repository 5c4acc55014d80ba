import { RequestError } from '../core/errors/request-error.ts';

/** The framework's own refusals, told in our terms; its messages may repeat the request, so none is used. */
const refusals: ReadonlyMap<string, () => RequestError> = new Map([
  ['FST_ERR_BAD_URL', () => new RequestError('InvalidPath', 'the URL is not correctly percent-encoded')],
  ['FST_ERR_MAX_PARAM_LENGTH', () => new RequestError('InvalidPath', "the secret's path is too long")],
  [
    'FST_ERR_CTP_BODY_TOO_LARGE',
    () => new RequestError('PayloadTooLarge', "the body is larger than 'limits.body' allows"),
  ],
  [
    'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    () => new RequestError('UnsupportedMediaType', "the 'Content-Type' is not supported"),
  ],
  [
    'FST_ERR_CTP_INVALID_CONTENT_LENGTH',
    () => new RequestError('InvalidBody', "the body does not fit its 'Content-Length'"),
  ],
  ['FST_ERR_CTP_INVALID_JSON_BODY', () => new RequestError('InvalidBody', 'the body is not valid JSON')],
]);

/** The refusal that a framework error stands for; undefined for what is an error of ours. */
export function fromFastifyError(error: unknown): RequestError | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = refusals.get(code);
  if (known !== undefined) return known();
  const status = 'statusCode' in error ? error.statusCode : undefined;
  return status === 400 ? new RequestError('InvalidBody', 'the body cannot be read') : undefined;
}
