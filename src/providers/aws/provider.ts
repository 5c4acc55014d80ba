import { homeDirectory } from '../../credentials/aws/home-directory.ts';
import type { ProviderKind } from '../../core/provider.ts';
import { awsSchema, checkOptions, parseOptions, toReplicas } from './options.ts';
import { SecretsManager } from './secrets-manager.ts';

/** AWS Secrets Manager. */
export const awsProvider: ProviderKind = {
  type: 'aws',
  schema: awsSchema,
  check: checkOptions,
  replicas: toReplicas,
  create: (name, options, tools) =>
    new SecretsManager(name, parseOptions(options), {
      ...tools,
      env: process.env,
      homeDirectory: homeDirectory(),
      random: Math.random,
    }),
};
