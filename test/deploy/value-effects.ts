import type { Values } from './charts.ts';
import { sidecars, surroundings } from './sidecar-values.ts';

/** What a value does: with it the chart renders a text that it does not render without. */
export interface Effect {
  /** As the README has it, such as `image.tag`. */
  readonly value: string;
  readonly set: unknown;
  readonly shows: string | RegExp;
  /** Values that are needed to see it, with and without. */
  readonly given?: Values;
}

const caller = (name: string) => ({ name, operations: ['get'] });
const socket = { mode: 'socket' };
const secret = { tokens: { source: 'secret', secretName: 'mine' } };
const persistence = { persistence: { enabled: true, keySecret: 'cache-key' } };
const azure = { identity: { azure: { clientId: 'client', tenantId: 'tenant' } } };
const digest = `sha256:${'a'.repeat(64)}`;

/** Of helm/keyfob-sidecar, seen in examples/chart. */
export const sidecarEffects: readonly Effect[] = [
  { value: 'image.repository', set: 'registry.test/keyfob', shows: 'image: registry.test/keyfob:0.1.0' },
  { value: 'image.tag', set: '9.9.9', shows: 'image: keyfob/keyfob:9.9.9' },
  { value: 'image.digest', set: digest, shows: `image: keyfob/keyfob:0.1.0@${digest}` },
  { value: 'image.pullPolicy', set: 'Always', shows: 'imagePullPolicy: Always' },
  { value: 'containerName', set: 'secrets', shows: 'name: secrets\n' },
  { value: 'native', set: false, shows: /drain: 20s[^]*initContainers:\s+containers:[^]*name: keyfob\n/ },
  { value: 'mode', set: 'socket', shows: /address: unix:\/run\/keyfob\/callers\/web\/keyfob.sock\n +caller: web/ },
  { value: 'callers', set: [caller('web'), { ...caller('jobs'), allow: ['x/**'] }], shows: '- x/**' },
  {
    value: 'tokens.source',
    set: 'secret',
    shows: /secretName: mine\s+items:\s+- key: web\s+path: token/,
    given: { tokens: { secretName: 'mine' } },
  },
  { value: 'tokens.expirationSeconds', set: 7200, shows: 'expirationSeconds: 7200' },
  { value: 'tokens.secretName', set: 'theirs', shows: 'secretName: theirs', given: secret },
  { value: 'socket.mode', set: '0666', shows: /mode: "0666"/, given: socket },
  { value: 'port', set: 8300, shows: /127\.0\.0\.1:8300[^]*value: http:\/\/127\.0\.0\.1:8300/ },
  { value: 'ops.address', set: '::', shows: "'[::]:9464'" },
  {
    value: 'ops.port',
    set: 9999,
    shows: /0\.0\.0\.0:9999[^]*value: http:\/\/127\.0\.0\.1:9999[^]*containerPort: 9999[^]*port: 9999/,
  },
  {
    value: 'config',
    set: { providers: [{ name: 'files', type: 'local', path: '/secrets' }] },
    shows: /name: files\n +path: \/secrets/,
  },
  { value: 'configMapName', set: 'ours', shows: /configMap:\s+name: ours/ },
  {
    value: 'persistence.enabled',
    set: true,
    shows: /persistence:\n +file: \/var\/lib\/keyfob\/cache.bin[^]*mountPath: \/var\/lib\/keyfob/,
    given: { persistence: { keySecret: 'k' } },
  },
  { value: 'persistence.keySecret', set: 'other-key', shows: 'secretName: other-key', given: persistence },
  { value: 'persistence.keySecretKey', set: 'sealing', shows: '- key: sealing', given: persistence },
  {
    value: 'persistence.volume',
    set: { persistentVolumeClaim: { claimName: 'kept' } },
    shows: 'claimName: kept',
    given: persistence,
  },
  { value: 'identity.kubernetes.audience', set: 'bao', shows: /audience: bao\n[^]*path: kubernetes/ },
  { value: 'identity.kubernetes.expirationSeconds', set: 1200, shows: 'expirationSeconds: 1200' },
  {
    value: 'identity.aws.roleArn',
    set: 'arn:aws:iam::123456789012:role/r',
    shows: /AWS_ROLE_ARN\n[^]*role\/r\n[^]*audience: sts.amazonaws.com/,
  },
  {
    value: 'identity.aws.podIdentity',
    set: true,
    shows: /AWS_CONTAINER_CREDENTIALS_FULL_URI[^]*audience: pods.eks.amazonaws.com/,
  },
  {
    value: 'identity.azure.clientId',
    set: 'another',
    shows: /AZURE_CLIENT_ID\n +value: another\n[^]*api:\/\/AzureADTokenExchange/,
    given: azure,
  },
  { value: 'identity.azure.tenantId', set: 'elsewhere', shows: /AZURE_TENANT_ID\n +value: elsewhere/, given: azure },
  // Text that YAML would take for something else.
  { value: 'identity.azure.tenantId', set: '0123', shows: /AZURE_TENANT_ID\n +value: "0123"/, given: azure },
  {
    value: 'identity.azure.authorityHost',
    set: 'https://login.test/',
    shows: 'value: https://login.test/',
    given: azure,
  },
  { value: 'user', set: 1234, shows: /runAsUser: 1234\n +runAsGroup: 1234/ },
  { value: 'fsGroup', set: 4321, shows: 'fsGroup: 4321' },
  { value: 'resources', set: { limits: { memory: '256Mi' } }, shows: 'memory: 256Mi' },
  { value: 'startup.periodSeconds', set: 3, shows: 'periodSeconds: 3' },
  { value: 'startup.failureThreshold', set: 7, shows: 'failureThreshold: 7' },
  { value: 'env', set: [{ name: 'HTTPS_PROXY', value: 'http://proxy.test' }], shows: 'name: HTTPS_PROXY' },
  { value: 'volumeMounts', set: [{ name: 'ca', mountPath: '/etc/ca' }], shows: 'mountPath: /etc/ca' },
];

const node = surroundings['a daemon for each node'] ?? {};

/** Of helm/keyfob. */
export const keyfobEffects: readonly Effect[] = [
  { value: 'keyfob-sidecar', set: { ...sidecars['tokens from Kubernetes'], port: 8300 }, shows: '127.0.0.1:8300' },
  {
    value: 'keyfob-sidecar',
    set: { volumeMounts: [{ name: 'ca', mountPath: '/etc/ca' }], ops: { address: '::' } },
    shows: /'\[::\]:8200'[^]*KEYFOB_ADDR\n +value: http:\/\/127\.0\.0\.1:9464[^]*mountPath: \/etc\/ca/,
    given: node,
  },
  {
    value: 'keyfob-sidecar',
    set: { resources: { requests: { 'ephemeral-storage': '5Mi' } } },
    shows: 'keyfob.dev/memory-request"].orValue("96Mi")), "ephemeral-storage": "5Mi"}',
    given: { injection: { enabled: true } },
  },
  { value: 'configMap.enabled', set: true, shows: 'name: shop-keyfob\n', given: { configMap: { enabled: false } } },
  {
    value: 'injection.enabled',
    set: true,
    shows: /kind: MutatingAdmissionPolicy\n[^]*kind: ValidatingAdmissionPolicyBinding/,
  },
  {
    value: 'podMonitor.enabled',
    set: true,
    shows: /kind: PodMonitor[^]*keyfob.dev\/sidecar: 'true'[^]*port: keyfob-ops/,
  },
  {
    value: 'podMonitor.labels',
    set: { release: 'prom' },
    shows: 'release: prom',
    given: { podMonitor: { enabled: true } },
  },
  { value: 'podMonitor.interval', set: '7s', shows: 'interval: 7s', given: { podMonitor: { enabled: true } } },
  { value: 'prometheusRule.enabled', set: true, shows: /kind: PrometheusRule[^]*alert: \w/ },
  {
    value: 'prometheusRule.labels',
    set: { release: 'prom' },
    shows: 'release: prom',
    given: { prometheusRule: { enabled: true } },
  },
  {
    value: 'prometheusRule.runbooks',
    set: 'https://wiki.example/keyfob/',
    shows: 'runbook_url: https://wiki.example/keyfob/serves-stale.md',
    given: { prometheusRule: { enabled: true } },
  },
  { value: 'dashboard.enabled', set: true, shows: /grafana_dashboard: "?'?1[^]*"panels":/ },
  {
    value: 'dashboard.labels',
    set: { dashboards: 'mine' },
    shows: 'dashboards: mine',
    given: { dashboard: { enabled: true } },
  },
  {
    value: 'dashboard.annotations',
    set: { folder: 'Secrets' },
    shows: /annotations:\n +folder: Secrets/,
    given: { dashboard: { enabled: true } },
  },
  {
    value: 'rbac.tokenReview',
    set: ['shop'],
    shows: /name: system:auth-delegator\nsubjects:\n +- kind: ServiceAccount\n +name: shop/,
  },
  { value: 'networkPolicy.enabled', set: true, shows: 'kind: NetworkPolicy' },
  {
    value: 'networkPolicy.monitoring',
    set: { team: 'sre' },
    shows: 'team: sre',
    given: { networkPolicy: { enabled: true } },
  },
  {
    value: 'networkPolicy.egress',
    set: [{ ports: [{ port: 8200 }] }],
    shows: '- port: 8200',
    given: { networkPolicy: { enabled: true } },
  },
  {
    value: 'networkPolicy.ingress',
    set: [{ ports: [{ port: 8080 }] }],
    shows: '- port: 8080',
    given: { networkPolicy: { enabled: true } },
  },
  {
    value: 'keyfob-sidecar',
    set: { ops: { port: 9999 } },
    shows: /kind: NetworkPolicy[^]*- port: 9999/,
    given: { networkPolicy: { enabled: true } },
  },
  // The callers of a node get through.
  { value: 'networkPolicy.enabled', set: true, shows: '- port: keyfob-api', given: node },
  {
    value: 'node.enabled',
    set: true,
    shows: /internalTrafficPolicy: Local[^]*kind: DaemonSet[^]*maxSurge: 1\n/,
    given: { ...node, node: { ...Object(node['node']), enabled: false } },
  },
  { value: 'node.port', set: 8443, shows: /0\.0\.0\.0:8443[^]*port: 8443[^]*containerPort: 8443/, given: node },
  { value: 'node.tlsSecret', set: 'other-tls', shows: 'secretName: other-tls', given: node },
  {
    value: 'node.callers',
    set: [{ ...caller('b'), subject: 'system:serviceaccount:x:b' }],
    shows: 'subject: system:serviceaccount:x:b',
    given: node,
  },
  { value: 'node.jwt.issuer', set: 'https://issuer.test', shows: 'issuer: https://issuer.test', given: node },
  { value: 'node.jwt.audience', set: 'secrets', shows: 'audience: secrets', given: node },
  { value: 'node.jwt.jwksUri', set: 'https://keys.test', shows: 'jwksUri: https://keys.test', given: node },
  { value: 'node.nodeSelector', set: { pool: 'a' }, shows: /nodeSelector:\n[^]*pool: a/, given: node },
  { value: 'node.tolerations', set: [{ key: 'gpu', operator: 'Exists' }], shows: '- key: gpu', given: node },
  { value: 'node.priorityClassName', set: 'high', shows: 'priorityClassName: high', given: node },
  { value: 'node.imagePullSecrets', set: ['pull'], shows: /imagePullSecrets:\n +- name: pull/, given: node },
  { value: 'node.volumes', set: [{ name: 'ca', configMap: { name: 'our-ca' } }], shows: 'name: our-ca', given: node },
];
