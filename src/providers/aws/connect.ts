import { InstanceLog } from '../../core/instance-log.ts';
import { createAwsIdentity } from '../../credentials/aws/chain.ts';
import { ClockSkew } from '../../credentials/aws/clock-skew.ts';
import type { AwsIdentity } from '../../credentials/aws/credentials.ts';
import type { EndpointSettings } from '../../credentials/aws/endpoints.ts';
import { discoverRegion } from '../../credentials/aws/region.ts';
import { createSts, type Sts } from '../../credentials/aws/sts.ts';
import { createHttpClient, type HttpClient } from '../../transport/http-client.ts';
import type { AwsTools } from './aws-tools.ts';
import { AwsClient } from './client.ts';
import type { AwsOptions } from './options.ts';
import { Target } from './target.ts';

// Twenty secrets of 64 KiB, each character escaped.
const MAX_RESPONSE_BYTES = 16 * 1024 ** 2;
const MAX_IDENTITY_BYTES = 1024 ** 2;

/** What an instance talks to AWS with. */
export interface Connection {
  readonly http: HttpClient;
  readonly identityHttp: HttpClient;
  readonly log: InstanceLog;
  readonly target: Target;
  readonly identity: AwsIdentity;
  readonly sts: Sts;
  readonly client: AwsClient;
}

/** Puts together an instance's client and identity. Does no I/O. */
export function connect(name: string, options: AwsOptions, tools: AwsTools): Connection {
  const { env, clock } = tools;
  const http = createHttpClient({ tls: options.tls, maxResponseBytes: MAX_RESPONSE_BYTES });
  // `tls` is for private endpoints: with an authority of one's own the public STS could not be reached.
  const tls = options.stsEndpoint === undefined ? {} : { tls: options.tls };
  const identityHttp = createHttpClient({ ...tls, maxResponseBytes: MAX_IDENTITY_BYTES });
  const log = new InstanceLog(tools.log, name);
  const endpoints: EndpointSettings = { ...options, env };
  const target = new Target({
    region: options.region,
    discover: (signal) => discoverRegion({ ...tools, http: identityHttp, profile: options.profile }, signal),
    endpoints,
  });
  const skew = new ClockSkew(clock);
  const identity = createAwsIdentity({ ...tools, ...options, http: identityHttp, skew });
  const sts = createSts({
    ...tools,
    http: identityHttp,
    skew,
    endpoints: { ...endpoints, endpoint: options.stsEndpoint },
  });
  const client = new AwsClient({ http, target, identity, skew, clock, log });
  return { http, identityHttp, log, target, identity, sts, client };
}
