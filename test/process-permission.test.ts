import { test } from 'tap';
import { assertNetwork } from '../src/process-permission.ts';

const flags = new Set(['--allow-net']);
const asks = (has: boolean) => ({ has: (scope: string) => scope === 'net' && has });

test('with the permission model, the network has to be allowed', async (t) => {
  const refused = { category: 'ConfigurationError', message: "add '--allow-net'" };
  t.throws(() => assertNetwork({ permission: asks(false), allowedNodeEnvironmentFlags: flags }), refused);
  t.doesNotThrow(() => assertNetwork({ permission: asks(true), allowedNodeEnvironmentFlags: flags }));
});

test('without it, or where it knows no network, nothing has to be', async (t) => {
  t.doesNotThrow(() => assertNetwork({ allowedNodeEnvironmentFlags: flags }));
  t.doesNotThrow(() => assertNetwork({ permission: asks(false), allowedNodeEnvironmentFlags: new Set() }));
});
