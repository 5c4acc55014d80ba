import { XMLParser } from 'fast-xml-parser';
import { isObject, type JsonObject } from '../../core/json-object.ts';
import type { HttpResponse } from '../../transport/http-client.ts';

/** What came back from the address, be it STS or something in front of it. */
export interface StsAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  /** What is in the element `<Action>Result`; undefined when it did not succeed. */
  readonly result: XmlFields | undefined;
  /** The error's code, when this is STS's own complaint. */
  readonly code: string | undefined;
}

/** Elements by name. */
export interface XmlFields {
  /** Text of an element; undefined when it is not there or empty. */
  text(name: string): string | undefined;
  /** Elements in an element; none when it is not there. */
  within(name: string): XmlFields;
}

/** @param action the one that was called, such as `AssumeRole`. */
export function parseStsAnswer({ status, headers, text }: HttpResponse, action: string): StsAnswer {
  const root = parseXml(text);
  const result = root.within(`${action}Response`).within(`${action}Result`);
  // Some front ends leave out the outer element.
  const code = root.within('ErrorResponse').within('Error').text('Code') ?? root.within('Error').text('Code');
  return { status, headers, result: status === 200 && root.has(`${action}Response`) ? result : undefined, code };
}

class Elements implements XmlFields {
  readonly #value: JsonObject;

  constructor(value: unknown) {
    this.#value = isObject(value) ? value : {};
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  text(name: string): string | undefined {
    const found = this.#own(name);
    return typeof found === 'string' && found !== '' ? found : undefined;
  }

  within(name: string): Elements {
    return new Elements(this.#own(name));
  }

  #own(name: string): unknown {
    return this.has(name) ? this.#value[name] : undefined;
  }
}

// Text stays text: an account of digits would become a number and lose its leading zeros.
// Entities by number are decoded with those of HTML only.
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  ignoreDeclaration: true,
  htmlEntities: true,
});

function parseXml(text: string): Elements {
  try {
    const value: unknown = parser.parse(text);
    return new Elements(value);
  } catch {
    return new Elements(undefined);
  }
}
