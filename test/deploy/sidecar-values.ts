import type { Values } from './charts.ts';

/** Under `keyfob-sidecar`: the least that each mode takes. */
export const vault = {
  name: 'vault',
  type: 'vault',
  address: 'https://vault.test:8200',
  auth: { method: 'kubernetes', role: 'shop' },
};
const callers = [
  { name: 'web', operations: ['get', 'resolve'], allow: ['shop/**'], deny: ['shop/admin/**'] },
  { name: 'jobs', operations: ['get'], allow: ['shop/jobs/**'], rateLimit: { perSecond: 10, burst: 20 } },
];
const base = { callers, config: { providers: [vault] } };

/** Every documented way to run the sidecar, by what it shows. */
export const sidecars: Readonly<Record<string, Values>> = {
  'tokens from Kubernetes': { ...base, mode: 'token' },
  'tokens from a secret': { ...base, mode: 'token', tokens: { source: 'secret', secretName: 'shop-tokens' } },
  'unix sockets': { ...base, mode: 'socket' },
  'unix sockets for every user': { ...base, mode: 'socket', socket: { mode: '0666' } },
  open: { ...base, mode: 'open', callers: [] },
  'a ConfigMap of someone else': { ...base, configMapName: 'our-keyfob' },
  'another port and IPv6': { ...base, port: 8201, ops: { address: '::', port: 9465 } },
  'Vault by an own audience': { ...base, identity: { kubernetes: { audience: 'vault' } } },
  'EKS, IRSA': { ...base, identity: { aws: { roleArn: 'arn:aws:iam::123456789012:role/shop' } } },
  'EKS, Pod Identity': { ...base, identity: { aws: { podIdentity: true } } },
  'AKS, workload identity': { ...base, identity: { azure: { clientId: 'c', tenantId: 't' } } },
  'a cache that outlives the container': { ...base, persistence: { enabled: true, keySecret: 'shop-cache-key' } },
  'a cache on a volume of a driver': {
    ...base,
    persistence: {
      enabled: true,
      keySecret: 'shop-cache-key',
      volume: { csi: { driver: 'csi.test', volumeAttributes: { 'csi.test/pool': 'fast' } } },
    },
  },
  'room on the disk': { ...base, resources: { requests: { 'ephemeral-storage': '10Mi' } } },
  'no limits': { ...base, resources: { requests: null, limits: null } },
  'a required header': { ...base, config: { ...base.config, access: { requiredHeader: 'X-Keyfob' } } },
};

/** The same for clusters before 1.29. */
export const plain = (sidecar: Values): Values => ({ ...sidecar, native: false });

/** Of the chart `keyfob`: everything around the sidecars. */
export const surroundings: Readonly<Record<string, Values>> = {
  monitoring: { podMonitor: { enabled: true }, prometheusRule: { enabled: true }, dashboard: { enabled: true } },
  'token review and network': {
    rbac: { tokenReview: ['shop'] },
    networkPolicy: {
      enabled: true,
      ingress: [{ ports: [{ port: 8080 }] }],
      egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
    },
  },
  'a daemon for each node': {
    configMap: { enabled: false },
    node: {
      enabled: true,
      tlsSecret: 'keyfob-node-tls',
      jwt: { issuer: 'https://kubernetes.default.svc' },
      callers: [{ name: 'web', subject: 'system:serviceaccount:shop:web', operations: ['get'], allow: ['shop/**'] }],
      tolerations: [{ operator: 'Exists' }],
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      priorityClassName: 'system-node-critical',
      imagePullSecrets: ['registry'],
      volumes: [{ name: 'vault-ca', configMap: { name: 'vault-ca' } }],
    },
  },
};
