import protobuf from 'protobufjs';

const field = (id: number, type: string, rule?: 'repeated') => ({ id, type, ...(rule !== undefined && { rule }) });

// Numbers and types as the protocol has them (https://github.com/open-telemetry/opentelemetry-proto, v1, stable), as far
// as traces need them. What is not in it is unknown, and found by that.
const root = protobuf.Root.fromJSON({
  nested: {
    ExportTraceServiceRequest: { fields: { resourceSpans: field(1, 'ResourceSpans', 'repeated') } },
    ExportTraceServiceResponse: { fields: { partialSuccess: field(1, 'ExportTracePartialSuccess') } },
    ExportTracePartialSuccess: { fields: { rejectedSpans: field(1, 'int64'), errorMessage: field(2, 'string') } },
    ResourceSpans: {
      fields: {
        resource: field(1, 'Resource'),
        scopeSpans: field(2, 'ScopeSpans', 'repeated'),
        schemaUrl: field(3, 'string'),
      },
    },
    Resource: { fields: { attributes: field(1, 'KeyValue', 'repeated'), droppedAttributesCount: field(2, 'uint32') } },
    ScopeSpans: {
      fields: {
        scope: field(1, 'InstrumentationScope'),
        spans: field(2, 'Span', 'repeated'),
        schemaUrl: field(3, 'string'),
      },
    },
    InstrumentationScope: { fields: { name: field(1, 'string'), version: field(2, 'string') } },
    Span: {
      fields: {
        traceId: field(1, 'bytes'),
        spanId: field(2, 'bytes'),
        traceState: field(3, 'string'),
        parentSpanId: field(4, 'bytes'),
        name: field(5, 'string'),
        kind: field(6, 'SpanKind'),
        startTimeUnixNano: field(7, 'fixed64'),
        endTimeUnixNano: field(8, 'fixed64'),
        attributes: field(9, 'KeyValue', 'repeated'),
        droppedAttributesCount: field(10, 'uint32'),
        droppedEventsCount: field(12, 'uint32'),
        droppedLinksCount: field(14, 'uint32'),
        status: field(15, 'Status'),
        flags: field(16, 'fixed32'),
      },
    },
    SpanKind: {
      values: {
        SPAN_KIND_UNSPECIFIED: 0,
        SPAN_KIND_INTERNAL: 1,
        SPAN_KIND_SERVER: 2,
        SPAN_KIND_CLIENT: 3,
        SPAN_KIND_PRODUCER: 4,
        SPAN_KIND_CONSUMER: 5,
      },
    },
    Status: { fields: { message: field(2, 'string'), code: field(3, 'StatusCode') } },
    StatusCode: { values: { STATUS_CODE_UNSET: 0, STATUS_CODE_OK: 1, STATUS_CODE_ERROR: 2 } },
    KeyValue: { fields: { key: field(1, 'string'), value: field(2, 'AnyValue') } },
    AnyValue: {
      oneofs: { value: { oneof: ['stringValue', 'boolValue', 'intValue', 'doubleValue'] } },
      fields: {
        stringValue: field(1, 'string'),
        boolValue: field(2, 'bool'),
        intValue: field(3, 'int64'),
        doubleValue: field(4, 'double'),
      },
    },
  },
});

const Request = root.lookupType('ExportTraceServiceRequest');
const Response = root.lookupType('ExportTraceServiceResponse');

/** A request as the JSON of OTLP has it: ids in hex, 64-bit numbers as texts, enumerations as numbers. */
export type OtlpJson = Readonly<Record<string, unknown>>;

/** @throws Error for bytes that hold anything that the schema does not have */
export function decodeRequest(body: Uint8Array): OtlpJson {
  const message = Request.decode(body);
  if (Request.encode(message).finish().length !== body.length) throw new Error('it holds unknown fields');
  return hexIds(Request.toObject(message, { longs: String, bytes: String, defaults: false }));
}

/** Likewise for JSON, which may leave out nothing and add nothing either. */
export function parseRequest(text: string): OtlpJson {
  const json: OtlpJson = JSON.parse(text);
  assertKnown(json, Request);
  return json;
}

export const encodePartialSuccess = (rejectedSpans: number): Uint8Array =>
  Response.encode(Response.fromObject({ partialSuccess: { rejectedSpans, errorMessage: 'no' } })).finish();

function assertKnown(json: unknown, type: protobuf.Type): void {
  if (typeof json !== 'object' || json === null) throw new Error(`no ${type.name}`);
  for (const [name, value] of Object.entries(json)) {
    const known = type.fields[name];
    // Of these the exporter writes empty lists in JSON, which say as much as nothing.
    if (known === undefined && ['events', 'links'].includes(name) && Array.isArray(value) && value.length === 0)
      continue;
    if (known === undefined) throw new Error(`unknown field ${name} of ${type.name}`);
    const { resolvedType } = known.resolve();
    for (const item of known.repeated ? (value as readonly unknown[]) : [value])
      if (resolvedType instanceof protobuf.Type) assertKnown(item, resolvedType);
  }
}

/** In JSON they are hex, other bytes are base64. */
function hexIds(value: unknown): OtlpJson {
  const text = JSON.stringify(value, (key, item: unknown) =>
    /^(?:traceId|(?:parentS|s)panId)$/.test(key) ? Buffer.from(String(item), 'base64').toString('hex') : item,
  );
  return JSON.parse(text);
}
