import { providerContract } from '../contract/provider-contract.ts';
import { awsUnsupported } from '../providers/aws/aws-unsupported.ts';
import { createAwsHarness } from './aws-harness.ts';
import { awsTest } from './backend-test.ts';
import { startMinistack } from './ministack.ts';
import { startMoto } from './moto.ts';

// The emulators have no limit.
const { 'a value of 900 KiB is kept': _, ...unsupported } = awsUnsupported;

const forgets = { reason: 'ministack drops a version with its last label' } as const;
const noRefusal = { reason: "the emulator's policies know no single secrets" } as const;

await awsTest('the contract at moto, which checks each signature', async (t) => {
  const moto = await startMoto();
  t.teardown(() => moto.stop());
  await moto.enforce();
  const keys = await moto.createUser(['secretsmanager:*']);
  await providerContract(t, {
    name: 'aws at moto',
    unsupported: { ...unsupported, 'a refused secret is AccessError': noRefusal },
    create: () => createAwsHarness({ address: moto.address, admin: moto.admin, keys }),
  });
});

await awsTest('the contract at ministack, which has the statuses of AWS', async (t) => {
  const ministack = await startMinistack();
  t.teardown(() => ministack.stop());
  const keys = { id: 'AKIATEST', secret: 'test' };
  await providerContract(t, {
    name: 'aws at ministack',
    unsupported: {
      ...unsupported,
      'a refused secret is AccessError': noRefusal,
      'each version is read by its id': forgets,
      'the history is newest first': forgets,
      'the history is paged': forgets,
      'the previous version is the one before': forgets,
      'a stage that is not there is StageNotFound': forgets,
      'a version that is not there is VersionNotFound': forgets,
    },
    create: () => createAwsHarness({ address: ministack.address, admin: keys, keys }),
  });
});
