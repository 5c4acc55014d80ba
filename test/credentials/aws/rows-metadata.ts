import { metadataKeys } from '../../fakes/aws-metadata.ts';
import type { Row } from './differential-row.ts';

const WITH_IMDS = { AWS_EC2_METADATA_DISABLED: 'false' };
const AGENT = { AWS_CONTAINER_CREDENTIALS_FULL_URI: '{agent}' };
const CONTAINER = { key: 'ASIACONTAINER', source: 'the container credentials endpoint' };
const INSTANCE = { key: 'ASIAINSTANCE', source: 'the instance metadata service' };
const plain = (status: number, text: string) => ({ status, text });

/** The agents of containers and instances. */
export const metadataRows: readonly Row[] = [
  { name: 'a container', env: AGENT, both: CONTAINER },
  { name: 'a container is before the instance', env: { ...AGENT, ...WITH_IMDS }, both: CONTAINER },
  {
    name: 'a container with a token',
    env: { ...AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'Basic abc=' },
    prepare: ({ agent }) => (agent.state.token = 'Basic abc='),
    both: CONTAINER,
  },
  {
    name: 'EKS Pod Identity: a token file',
    env: { ...AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/token' },
    files: { token: 'pod-token' },
    prepare: ({ agent }) => (agent.state.token = 'pod-token'),
    both: CONTAINER,
  },
  {
    name: 'the token file is before the token',
    env: {
      ...AGENT,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: 'other',
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/token',
    },
    files: { token: 'pod-token' },
    prepare: ({ agent }) => (agent.state.token = 'pod-token'),
    both: CONTAINER,
  },
  {
    name: 'a token file with a line end',
    env: { ...AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/token' },
    files: { token: 'pod-token\n' },
    prepare: ({ agent }) => (agent.state.token = 'pod-token'),
    differs: { reason: 'the line end is no part of a token, as with other token files', sdk: 'fails', ours: CONTAINER },
  },
  {
    name: 'a token with a line end within',
    env: { ...AGENT, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'a\r\nX-Other: b' },
    neither: /'AWS_CONTAINER_AUTHORIZATION_TOKEN' is empty or holds/,
  },
  {
    name: 'a token file of the container that is not there',
    env: { ...AGENT, ...WITH_IMDS, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: '{home}/token' },
    neither: /the token file '.*token' cannot be read/,
  },
  {
    name: 'a token that the agent refuses',
    env: { ...AGENT, ...WITH_IMDS, AWS_CONTAINER_AUTHORIZATION_TOKEN: 'wrong' },
    prepare: ({ agent }) => (agent.state.token = 'pod-token'),
    neither: /the container credentials endpoint refuses our request with status 401/,
  },
  {
    name: 'an agent in the open network without TLS',
    env: { ...WITH_IMDS, AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://192.0.2.1/credentials' },
    neither: /'AWS_CONTAINER_CREDENTIALS_FULL_URI' must begin with 'https:\/\/'/,
  },
  {
    name: 'an agent by a host name that looks like a loopback address',
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1.example/credentials' },
    neither: /'AWS_CONTAINER_CREDENTIALS_FULL_URI' must begin with 'https:\/\/'/,
  },
  {
    name: 'an address that is none',
    env: { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'credentials' },
    neither: /'AWS_CONTAINER_CREDENTIALS_FULL_URI' is not a URL/,
  },
  ...(
    [
      ['without a token', '{"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"2200-01-01T00:00:00Z"}', /all parts/],
      ['without an expiration', '{"AccessKeyId":"a","SecretAccessKey":"b","Token":"c"}', /all parts/],
      ['that is no JSON', '<html>canary</html>', /something else than a JSON object/],
    ] as const
  ).map(([what, answer, neither]) => ({
    name: `an agent with an answer ${what}`,
    env: { ...AGENT, ...WITH_IMDS },
    prepare: ({ agent }: Parameters<NonNullable<Row['prepare']>>[0]) => {
      agent.state.fault = () => plain(200, answer);
    },
    neither,
  })),
  { name: 'an instance', env: WITH_IMDS, both: INSTANCE },
  {
    name: 'metadata that is switched off',
    env: { AWS_EC2_METADATA_DISABLED: 'TRUE' },
    neither: /METADATA_DISABLED' is set/,
  },
  {
    name: 'an instance without a role',
    env: WITH_IMDS,
    prepare: ({ imds }) => (imds.state.role = undefined),
    neither: /the instance metadata service has none \(status 404\)/,
  },
  {
    name: 'an instance that only speaks version 1',
    env: WITH_IMDS,
    prepare: ({ imds }) => {
      imds.state.fault = ({ method, target }) => {
        if (method === 'PUT') return plain(405, '');
        return plain(200, target.endsWith('/') ? 'role' : JSON.stringify(imds.state.keys));
      };
    },
    differs: {
      reason: 'version 1 gives the keys to whoever can make the process send a GET',
      sdk: 'ASIAINSTANCE',
      ours: /the instance metadata service has none \(status 405\)/,
    },
  },
  {
    name: 'version 1 that is switched off',
    env: { ...WITH_IMDS, AWS_EC2_METADATA_V1_DISABLED: 'true' },
    prepare: ({ imds }) => {
      imds.state.fault = () => plain(403, '');
    },
    neither: /the instance metadata service has none \(status 403\)/,
  },
  {
    name: 'an instance that refuses the request for a token',
    env: WITH_IMDS,
    prepare: ({ imds }) => {
      imds.state.fault = () => plain(400, '');
    },
    neither: /the instance metadata service refuses our request with status 400/,
  },
  {
    name: 'an instance with an answer that is no JSON',
    env: WITH_IMDS,
    prepare: ({ imds }) => {
      imds.state.fault = ({ target }) => (target.endsWith('-role') ? plain(200, 'canary') : undefined);
    },
    neither: /the instance metadata service answers with something else than a JSON object/,
  },
  {
    name: 'an instance whose role cannot be assumed',
    env: WITH_IMDS,
    prepare: ({ imds }) => {
      imds.state.fault = ({ target }) =>
        target.endsWith('-role') ? plain(200, '{"Code":"AssumeRoleUnauthorizedAccess"}') : undefined;
    },
    neither: /the instance metadata service has no credentials for the role/,
  },
  {
    name: 'an instance that answers with old keys',
    env: WITH_IMDS,
    prepare: ({ imds }) => {
      imds.state.keys = metadataKeys('INSTANCE', Date.now() - 60_000);
    },
    both: INSTANCE,
  },
  {
    name: 'no instance metadata service at all',
    env: { ...WITH_IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' },
    neither: /the instance metadata service does not answer/,
  },
  {
    name: 'an instance metadata service that is no URL',
    env: { ...WITH_IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: 'metadata' },
    neither: /'AWS_EC2_METADATA_SERVICE_ENDPOINT' is not a URL/,
  },
  {
    name: 'an unknown way to the instance metadata service',
    env: { ...WITH_IMDS, AWS_EC2_METADATA_SERVICE_ENDPOINT: '', AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE: 'IPv5' },
    neither: /'AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE' must be 'IPv4' or 'IPv6'/,
  },
];
