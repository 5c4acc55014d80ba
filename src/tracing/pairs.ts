/**
 * The pairs of a list as the variables of OpenTelemetry have it: `name=value,name=value`, percent-encoded (the format of
 * W3C Baggage, https://www.w3.org/TR/baggage/#baggage-http-header-format, without properties).
 * @returns undefined when it is not one
 */
export function parsePairs(text: string): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  for (const item of text.split(',')) {
    if (item.trim() === '') continue;
    const at = item.indexOf('=');
    const [name, value] = [decode(item.slice(0, Math.max(at, 0))), decode(item.slice(at + 1))];
    if (name === undefined || name === '' || value === undefined) return undefined;
    pairs.set(name, value);
  }
  return pairs;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return undefined;
  }
}
