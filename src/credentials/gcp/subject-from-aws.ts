import { AuthenticationError } from '../../core/errors/authentication-error.ts';
import type { JsonObject } from '../../core/json-object.ts';
import { Redacted } from '../../core/redacted.ts';
import { createAwsIdentity } from '../aws/chain.ts';
import type { AwsCredentials } from '../aws/credentials.ts';
import { discoverRegion } from '../aws/region.ts';
import { signRequest } from '../aws/sign.ts';
import { variable } from '../../core/environment.ts';
import { textAt } from '../../core/json-fields.ts';
import type { ReadSubjectToken } from './subject-token.ts';
import type { SourceTools } from './token-source.ts';

const VERSION = /^aws1$/;

export interface AwsSubject {
  readonly source: JsonObject;
  readonly audience: string;
}

/**
 * A request for GetCallerIdentity that we sign and Google sends to AWS, which then says who we are
 * (google.aip.dev/auth/4117, AWS). The keys are those that the AWS chain finds: more places than Google's own libraries
 * look in, of which the environment and the instance are the first two for us, too, where no profile is set up.
 */
export function createAwsSubject({ source, audience }: AwsSubject, tools: SourceTools): ReadSubjectToken {
  if (!VERSION.test(textAt(source, 'environment_id') ?? ''))
    throw invalid("the credential file's 'environment_id' is not 'aws1'");
  const template = textAt(source, 'regional_cred_verification_url');
  if (template === undefined) throw invalid("the credential file has no 'regional_cred_verification_url'");
  return async (signal) => {
    const { credentials, region } = await findAws(tools, signal);
    const url = URL.parse(template.replaceAll('{region}', region));
    if (url?.protocol !== 'https:')
      throw invalid("the credential file's 'regional_cred_verification_url' is not an 'https://' address");
    const method = 'POST';
    const signed = signRequest({
      credentials,
      region,
      service: 'sts',
      method,
      url,
      // So that the request is good for this pool alone.
      headers: { 'x-goog-cloud-target-resource': audience },
      body: '',
      date: new Date(tools.clock.wallMs()),
    });
    const headers = Object.entries(signed).map(([key, value]) => ({ key, value }));
    return new Redacted(encodeURIComponent(JSON.stringify({ url: url.href, method, headers })));
  };
}

interface AwsPlace {
  readonly credentials: AwsCredentials;
  readonly region: string;
}

async function findAws(tools: SourceTools, signal: AbortSignal): Promise<AwsPlace> {
  const options = {
    ...tools,
    homeDirectory: variable(tools.env, 'HOME') ?? '',
    // The login at Google is counted as a whole.
    recordIdentityCall: () => undefined,
  };
  const region = await discoverRegion(options, signal);
  if (region === undefined)
    throw invalid("no region of AWS is found: 'AWS_REGION' is not set, nor does the instance tell");
  const identity = createAwsIdentity({ ...options, region });
  try {
    return { region, credentials: await identity.credentials(signal) };
  } finally {
    await identity.close();
  }
}

const invalid = (message: string): AuthenticationError => new AuthenticationError('InvalidCredentials', message);
