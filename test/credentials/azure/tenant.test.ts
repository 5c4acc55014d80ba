import t from 'tap';
import { areDifferentTenants, isTenant } from '../../../src/credentials/azure/tenant.ts';
import { OTHER_TENANT, TENANT } from '../../fakes/fake-azure.ts';

for (const text of [TENANT, 'shop.onmicrosoft.com', 'common', 'a-b.c']) t.ok(isTenant(text), text);
for (const text of ['', '.', '..', 'a/b', 'a b', '%2e', 'a?b', '..%2f', 'ä']) t.notOk(isTenant(text), text);
t.ok(areDifferentTenants(TENANT, OTHER_TENANT));
t.notOk(areDifferentTenants(TENANT, TENANT.toUpperCase()));
t.notOk(areDifferentTenants(TENANT, 'shop.onmicrosoft.com'), 'nobody can tell');
