import { createHash } from 'node:crypto';
import { childTexts, isJsonDocument } from '../../core/json-text.ts';
import { Redacted } from '../../core/redacted.ts';
import type { SecretValue } from '../../core/secret.ts';
import { Faker } from './faker.ts';

const CREDENTIAL = /pass|pwd|secret|token|key|credential/i;
const USERINFO = /^([a-z][a-z0-9+.-]*:\/\/[^:@/?#]*:)([^@/?#]*)@/i;

/**
 * The value after a rotation, which looks like the one before: of a JSON object only the members that are named like
 * credentials change, of a URL only the password, where there are such. Follows from what is given alone.
 */
export function rotateValue(value: SecretValue, of: readonly (string | number)[]): SecretValue {
  const faker = new Faker(createHash('sha256').update(JSON.stringify(of)).digest());
  const content = value.expose();
  return typeof content === 'string' ? new Redacted(rotateText(content, faker)) : faker.value(value);
}

function rotateText(text: string, faker: Faker): string {
  const [start = '', password = ''] = USERINFO.exec(text)?.slice(1) ?? [];
  if (password !== '')
    return start + encodeURIComponent(faker.text(password)) + text.slice(start.length + password.length);
  if (!text.trim().startsWith('{') || !isJsonDocument(text)) return faker.text(text);
  const members = Array.from(childTexts(text));
  if (!members.some(([name]) => CREDENTIAL.test(name))) return faker.text(text);
  const rotated = members.map(
    ([name, child]) => `${JSON.stringify(name)}:${CREDENTIAL.test(name) ? rotateJson(child, faker) : child}`,
  );
  return `{${rotated.join()}}`;
}

/** The faker keeps a list of one as it is, so that any JSON can be put through it. */
const rotateJson = (json: string, faker: Faker): string => faker.text(`[${json}]`).slice(1, -1);
