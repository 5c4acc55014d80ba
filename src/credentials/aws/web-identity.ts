import type { AwsCredentials } from './credentials.ts';
import type { SourceTools } from './credential-source.ts';
import { defaultSessionName } from './session-name.ts';
import { readTokenFile } from './token-file.ts';

export interface WebIdentity {
  readonly tokenFile: string;
  readonly roleArn: string;
  readonly sessionName: string | undefined;
  /** That of the chain when undefined. */
  readonly region: string | undefined;
}

/** Assumes a role with a token that an identity provider outside of AWS issued, such as a Kubernetes cluster. */
export async function assumeWebIdentity(
  tools: SourceTools,
  { tokenFile, roleArn, sessionName, region }: WebIdentity,
  signal: AbortSignal,
): Promise<AwsCredentials> {
  const token = await readTokenFile(tokenFile);
  const role = {
    roleArn,
    sessionName: sessionName ?? defaultSessionName(tools.clock),
    region: region ?? (await tools.region(signal)),
  };
  return tools.sts.assumeRoleWithWebIdentity(token, role, signal);
}
