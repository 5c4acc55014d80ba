import type { OtlpJson } from './otlp-schema.ts';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** A span as it was received. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly kind: 'internal' | 'server' | 'client';
  readonly attributes: Attributes;
  /** `Category Code` of a failure. */
  readonly failure?: string;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly resource: Attributes;
  readonly scope: string;
}

const KINDS: readonly (ReceivedSpan['kind'] | undefined)[] = [undefined, 'internal', 'server', 'client'];

/** @throws Error for what no receiver should have to take */
export function readSpans(request: OtlpJson): readonly ReceivedSpan[] {
  return list(request['resourceSpans']).flatMap((ofResource) => {
    const resource = readAttributes(record(ofResource['resource'])['attributes']);
    assert(typeof resource['service.name'] === 'string', 'a resource without a service');
    return list(ofResource['scopeSpans']).flatMap((ofScope) => {
      const scope = text(record(ofScope['scope'])['name']);
      return list(ofScope['spans']).map((span) => ({ ...readSpan(span), resource, scope }));
    });
  });
}

function readSpan(span: OtlpJson): Omit<ReceivedSpan, 'resource' | 'scope'> {
  const { parentSpanId, traceState } = span;
  const kind = KINDS[Number(span['kind'])];
  if (kind === undefined) throw new Error('a span of another kind');
  assert(!span['droppedAttributesCount'], 'a span that lost attributes');
  const [startNs, endNs] = [BigInt(text(span['startTimeUnixNano'])), BigInt(text(span['endTimeUnixNano']))];
  // Of this year, and not of the future.
  assert(startNs > 1_700_000_000_000_000_000n && startNs <= endNs, 'times that cannot be');
  assert(endNs <= BigInt(Date.now() + 1_000) * 1_000_000n, 'an end that is to come');
  const { code = 0, message } = span['status'] === undefined ? {} : record(span['status']);
  assert(code === 0 || code === 2, 'a status that is not ours to set');
  return {
    name: text(span['name']),
    traceId: id(span['traceId'], 32),
    spanId: id(span['spanId'], 16),
    ...(parentSpanId !== undefined && parentSpanId !== '' && { parentSpanId: id(parentSpanId, 16) }),
    ...(traceState !== undefined && traceState !== '' && { traceState: text(traceState) }),
    kind,
    attributes: readAttributes(span['attributes']),
    ...(code === 2 && { failure: text(message) }),
    startNs,
    endNs,
  };
}

function readAttributes(value: unknown): Attributes {
  const attributes: Record<string, string | number | boolean> = {};
  for (const { key, value: any } of list(value)) {
    assert(!(text(key) in attributes), `'${text(key)}' is there twice`);
    const [[type, item] = [], ...more] = Object.entries(record(any));
    assert(more.length === 0 && item !== undefined, `'${text(key)}' has not one value`);
    attributes[text(key)] = type === 'intValue' ? Number(item) : (item as string | number | boolean);
  }
  return attributes;
}

function id(value: unknown, length: number): string {
  assert(typeof value === 'string' && value.length === length && /^(?!0+$)[\da-f]+$/.test(value), 'an id that is none');
  return String(value);
}

function text(value: unknown): string {
  assert(typeof value === 'string' && value !== '', 'a text is missing');
  return String(value);
}

function record(value: unknown): OtlpJson {
  assert(typeof value === 'object' && value !== null, 'a part is missing');
  return value as OtlpJson;
}

const list = (value: unknown): readonly OtlpJson[] => (value === undefined ? [] : (value as readonly OtlpJson[]));

function assert(isSo: boolean, fault: string): void {
  if (!isSo) throw new Error(fault);
}
