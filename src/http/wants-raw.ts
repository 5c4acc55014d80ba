/** Whether an `Accept` admits neither JSON nor anything at all: then the value's bytes alone are wanted. */
export function wantsRaw(accept: string | undefined): boolean {
  if (accept === undefined || accept === '*/*') return false;
  return !accept.split(',').some(admitsJson);
}

function admitsJson(range: string): boolean {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  const isRefused = parameters.some((parameter) => /^q=0(?:\.0*)?$/.test(parameter));
  return !isRefused && (type === '' || type === '*/*' || type === 'application/*' || type === 'application/json');
}
