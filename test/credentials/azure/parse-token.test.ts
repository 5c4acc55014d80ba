import t from 'tap';
import { parseToken } from '../../../src/credentials/azure/parse-token.ts';
import type { AccessToken } from '../../../src/credentials/azure/access-token.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const clock = new FakeClock();
const asked = { sinceMs: 5_000, source: 'a test' };
const inAnHour = Math.floor(clock.wallMs() / 1000) + 3_600;

function parse(body: unknown, date?: string): AccessToken | undefined {
  const headers = new Map(date === undefined ? [] : [['date', date]]);
  return parseToken({ status: 200, headers, text: JSON.stringify(body) }, asked, clock);
}

for (const body of [
  { expires_in: 3_600 },
  { expires_in: '3600' },
  { expires_on: inAnHour },
  { expires_on: String(inAnHour) },
  { expires_on: new Date(inAnHour * 1000).toISOString() },
  { expires_in: '3600', expires_on: '1' },
]) {
  const token = parse({ access_token: 'a', ...body });
  t.equal(token?.expiresAtMs, 3_605_000, JSON.stringify(body));
  t.equal(token?.value.expose(), 'a');
  t.equal(token?.source, 'a test');
}

t.equal(parse({ access_token: 'a', expires_in: 3_600 })?.refreshAtMs, undefined);
t.equal(parse({ access_token: 'a', expires_in: 3_600, refresh_in: '1800' })?.refreshAtMs, 1_805_000);
t.equal(parse({ access_token: 'a', expires_in: 86_400 })?.refreshAtMs, 43_205_000, 'half of a long life');
const late = new Date((inAnHour - 60) * 1000).toUTCString();
t.equal(parse({ access_token: 'a', expires_on: inAnHour }, late)?.expiresAtMs, 65_000, "by the other side's clock");

for (const body of [
  {},
  { access_token: '', expires_in: 1 },
  { access_token: 1, expires_in: 1 },
  { access_token: 'a' },
  { access_token: 'a', expires_in: 0 },
  { access_token: 'a', expires_in: 'soon' },
  { access_token: 'a', expires_on: 'soon' },
  { access_token: 'a', expires_on: 1 },
  'a',
])
  t.equal(parse(body), undefined, JSON.stringify(body));
