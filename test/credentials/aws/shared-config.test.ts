import * as fc from 'fast-check';
import { test } from 'tap';
import { loadSharedConfig, profileName } from '../../../src/credentials/aws/shared-config.ts';
import { askOurs } from './ask-ours.ts';
import { askSdk } from './ask-sdk.ts';
import { startMachine } from './machine.ts';

const RUNS = 300;

const header = fc.constantFrom(
  '[default]',
  '[ default ]',
  '[a]',
  '[profile a]',
  '[profile "a"]',
  "[profile 'a']",
  '[profile "a\']',
  '[profile\ta]',
  '[profile  a]',
  '[profile a b]',
  '[profile default]',
  '[plugins a]',
  '[plain a]',
  '[services a]',
  '[sso-session a]',
  '[default] # comment',
  '[a] ; comment',
  '# [default]',
  '[default',
  'default]',
  '[]',
);
const name = fc.constantFrom('aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'region', 's3');
const value = fc.constantFrom('one', 'two', 'a=b', 'a#b', 'a;b', 'a #b', 'a ;b', '', '"quoted"', 'ä€', '__proto__');
const setting = fc
  .tuple(fc.constantFrom('', ' ', '\t', '    '), name, fc.constantFrom('=', ' = ', ' =', '= ', ' '), value)
  .map((parts) => parts.join(''));
const noise = fc.oneof(setting, fc.constantFrom('', '= no name', '; comment', ' # comment', '\t'));
const blank = fc.constantFrom('', '', '', ' ', '\t');
const key = (of: string): fc.Arbitrary<string> =>
  fc.tuple(blank, blank, value).map(([a, b, v]) => `${a}${of}${b}=${b}${v}`);
const section = fc
  .tuple(
    header,
    fc.array(noise, { maxLength: 3 }),
    key('aws_access_key_id'),
    key('aws_secret_access_key'),
    fc.array(noise, { maxLength: 3 }),
  )
  .map(([first, before, id, secret, after]) => [first, ...before, id, secret, ...after]);
const file = fc
  .tuple(fc.array(section, { maxLength: 4 }), fc.constantFrom('\n', '\r\n'))
  .map(([sections, end]) => sections.flat().join(end));

test('the official SDK reads the same keys out of whatever the files hold', async (t) => {
  const machine = await startMachine(t);
  let runs = 0;
  let found = 0;
  await fc.assert(
    fc.asyncProperty(file, file, fc.constantFrom('', 'a', 'default'), async (config, credentials, profile) => {
      runs++;
      // Other names each time: the SDK keeps what it has read of a path.
      const env = {
        ...machine.env,
        AWS_PROFILE: profile,
        AWS_CONFIG_FILE: await machine.write(`config-${runs}`, config),
        AWS_SHARED_CREDENTIALS_FILE: await machine.write(`credentials-${runs}`, credentials),
      };
      const theirs = await askSdk(env);
      const { outcome: ours } = await askOurs(machine.options({ env }));
      const isFound = !(theirs instanceof Error);
      if (isFound) found++;
      if (isFound === ours instanceof Error) throw new Error('only one of us finds keys');
      if (isFound && JSON.stringify(ours) !== JSON.stringify(theirs)) throw new Error('we read other keys');
    }),
    {
      numRuns: RUNS,
      examples: [
        ['[profile a]\naws_access_key_id = one\n', '[a]\naws_secret_access_key = two\n', 'a'],
        ['[default]\naws_access_key_id = one\naws_secret_access_key = two\n', '', ''],
      ],
    },
  );
  t.ok(runs >= RUNS, `${runs} pairs of files`);
  t.ok(found > 30, `${found} of them with keys`);
});

test('sso-sessions are those of the config file', async (t) => {
  const machine = await startMachine(t);
  await machine.write('.aws/config', '[sso-session corp]\nsso_region = eu-west-1\n');
  await machine.write('.aws/credentials', '[sso-session other]\nsso_region = eu-west-1\n');
  const { ssoSessions, profiles } = await loadSharedConfig(machine.options());
  t.same([...ssoSessions.keys()], ['corp']);
  t.same([...profiles.keys()], []);
});

test('the name of the profile', (t) => {
  t.equal(profileName({}), 'default');
  t.equal(profileName({ AWS_PROFILE: '' }), 'default');
  t.equal(profileName({ AWS_PROFILE: 'shop' }), 'shop');
  t.equal(profileName({ AWS_PROFILE: 'shop' }, 'other'), 'other');
  t.end();
});
