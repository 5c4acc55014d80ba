import { homeDirectory } from '../../credentials/aws/home-directory.ts';
import type { ProviderTools } from '../../core/provider.ts';
import { createAwsIdentity } from '../../credentials/aws/chain.ts';
import { ClockSkew } from '../../credentials/aws/clock-skew.ts';
import { createHttpClient } from '../../transport/http-client.ts';
import { createAwsAuth, type AwsAuth } from './auth-aws.ts';
import type { LoginMethod } from './login-method.ts';
import type { Wire } from './wire.ts';

const MAX_RESPONSE_BYTES = 1024 ** 2;

/** The AWS login with an identity of its own, from where the AWS tools look for one. */
export function connectAws(auth: AwsAuth, wire: Wire, tools: ProviderTools): LoginMethod {
  const http = createHttpClient({ maxResponseBytes: MAX_RESPONSE_BYTES });
  const skew = new ClockSkew(tools.clock);
  const { region } = auth;
  const surroundings = { env: process.env, homeDirectory: homeDirectory(), random: Math.random };
  const identity = createAwsIdentity({ ...tools, ...surroundings, http, skew, region });
  return {
    ...createAwsAuth(auth, wire, { identity, skew }),
    async close() {
      await identity.close();
      await http.close();
    },
  };
}
