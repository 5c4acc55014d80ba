import { test } from 'tap';
import { createPods, type Container, type Outcome, type Pod } from './admission-review.ts';
import { findManifest, parseManifests, prepareCharts, type Charts, type Values } from './charts.ts';
import { admissionTest } from './deploy-test.ts';
import { sidecars, surroundings } from './sidecar-values.ts';

const isOurs = (name: string): boolean => name.startsWith('keyfob');
const restricted = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
};

function pod(annotations: Pod['metadata']['annotations'] = {}, spec: Partial<Pod['spec']> = {}): Pod {
  const [web, jobs, other] = ['web', 'jobs', 'other'].map((name) => ({
    name,
    image: 'shop/web:1',
    securityContext: restricted,
  }));
  const containers = [web, jobs, other].flatMap((one) => (one === undefined ? [] : [one]));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'shop', annotations },
    spec: { securityContext: { fsGroup: 1000 }, containers, ...spec },
  };
}

const inject = { 'keyfob.dev/inject': 'shop-keyfob' };
const namespaces = ['shop', 'elsewhere'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
}));

async function policies(charts: Charts, sidecar: Values | undefined, more: Values = {}) {
  const values = { 'keyfob-sidecar': { ...sidecar, ...more }, injection: { enabled: true } };
  const manifests = parseManifests(await charts.render('helm/keyfob', values));
  return [...namespaces, ...manifests.filter(({ kind }) => kind.includes('AdmissionPolicy'))];
}

/** The pod of the example's Deployment, as the library chart makes it. */
async function includedPod(charts: Charts, { identity, ...sidecar }: Values): Promise<Pod> {
  const settings = { ...sidecar, identity: { kubernetes: { audience: '' }, ...Object(identity) } };
  const manifests = parseManifests(await charts.render('examples/chart', { 'keyfob-sidecar': settings }));
  const { spec } = findManifest(manifests, 'Deployment');
  if (spec?.template === undefined) throw new Error('the Deployment has no pod');
  return { ...spec.template, metadata: { ...spec.template.metadata, name: 'included', namespace: 'shop' } };
}

const sole = ([outcome]: readonly Outcome[]): Outcome => {
  if (outcome === undefined) throw new Error('no outcome');
  return outcome;
};
const container = (of: Pod, name: string): Container | undefined =>
  [...(of.spec.initContainers ?? []), ...of.spec.containers].find((one) => one.name === name);
const mounts = (of: Container | undefined) => (of?.volumeMounts ?? []).filter(({ name }) => isOurs(name));
const sorted = (env: Container['env'] = []) => env.toSorted((a, b) => a.name.localeCompare(b.name));

await admissionTest(
  'an injected pod is as the library chart makes it, and both are restricted, in every mode',
  async (t) => {
    const charts = await prepareCharts();
    for (const [name, sidecar] of Object.entries(sidecars)) {
      const objects = await policies(charts, sidecar);
      const [ours, theirs] = await createPods(objects, [pod(inject), await includedPod(charts, sidecar)]);
      if (ours === undefined || theirs === undefined) throw new Error('a pod got no answer');
      t.strictSame([ours.refused, theirs.refused], [undefined, undefined], name);
      t.strictSame([ours.restricted, theirs.restricted], [[], []], name);
      t.ok(container(ours.pod, 'keyfob'), name);
      t.strictSame(ours.pod.spec.volumes, theirs.pod.spec.volumes, name);
      t.equal(ours.pod.metadata.labels?.['keyfob.dev/sidecar'], theirs.pod.metadata.labels?.['keyfob.dev/sidecar']);
      t.strictSame(container(ours.pod, 'keyfob'), container(theirs.pod, 'keyfob'), name);
      for (const caller of ['web', 'jobs']) {
        t.strictSame(mounts(container(ours.pod, caller)), mounts(container(theirs.pod, caller)), name);
        t.strictSame(sorted(container(ours.pod, caller)?.env), sorted(container(theirs.pod, caller)?.env), name);
      }
      t.strictSame(mounts(container(ours.pod, 'other')), [], 'who is no caller gets nothing');
    }
  },
  180_000,
);

await admissionTest('the judge of the restricted standard can say no', async (t) => {
  const lax = pod({}, { containers: [{ name: 'web', image: 'x' }] });
  t.equal(sole(await createPods(namespaces, [lax])).restricted.length, 4);
});

await admissionTest('a pod that does not ask is left alone', async (t) => {
  const objects = await policies(await prepareCharts(), sidecars['tokens from Kubernetes']);
  const elsewhere = pod(inject);
  const pods = [pod(), { ...elsewhere, metadata: { ...elsewhere.metadata, namespace: 'elsewhere' } }];
  for (const { pod: after, refused } of await createPods(objects, pods)) {
    t.equal(refused, undefined);
    t.equal(after.spec.initContainers, undefined);
    t.equal(after.spec.volumes, undefined);
  }
});

await admissionTest(
  'the sidecar is first; what a container sets itself wins; a second time changes nothing',
  async (t) => {
    const objects = await policies(await prepareCharts(), sidecars['tokens from Kubernetes']);
    const web: Container = {
      name: 'web',
      image: 'x',
      env: [{ name: 'KEYFOB_ADDR', value: 'http://127.0.0.1:1' }],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    };
    const before = pod(inject, {
      containers: [web],
      initContainers: [{ name: 'migrate', image: 'x' }],
      volumes: [{ name: 'data' }],
    });
    const once = sole(await createPods(objects, [before])).pod;
    t.strictSame(
      once.spec.initContainers?.map(({ name }) => name),
      ['keyfob', 'migrate'],
    );
    t.strictSame(container(once, 'web')?.env?.at(-1), { name: 'KEYFOB_ADDR', value: 'http://127.0.0.1:1' });
    t.strictSame(
      once.spec.volumes?.map(({ name }) => name),
      ['data', 'keyfob-config', 'keyfob-token-web', 'keyfob-token-jobs'],
    );
    const twice = sole(await createPods(objects, [once]));
    t.equal(twice.refused, undefined);
    t.strictSame(twice.pod, once);
  },
);

await admissionTest('annotations change port and resources, and take resources away', async (t) => {
  const objects = await policies(await prepareCharts(), sidecars['tokens from Kubernetes']);
  const changed = {
    ...inject,
    'keyfob.dev/port': '8300',
    'keyfob.dev/cpu-request': '20m',
    'keyfob.dev/cpu-limit': '1',
    'keyfob.dev/memory-request': '200Mi',
    'keyfob.dev/memory-limit': '',
  };
  const { pod: after, refused } = sole(await createPods(objects, [pod(changed)]));
  t.equal(refused, undefined);
  t.strictSame(container(after, 'keyfob')?.resources, {
    limits: { cpu: '1' },
    requests: { cpu: '20m', memory: '200Mi' },
  });
  t.strictSame(container(after, 'keyfob')?.args, [
    'serve',
    '--config',
    '/etc/keyfob/keyfob.yaml',
    '--listen',
    '127.0.0.1:8300',
  ]);
  t.strictSame(
    container(after, 'web')?.env?.find(({ name }) => name === 'KEYFOB_ADDR')?.value,
    'http://127.0.0.1:8300',
  );
});

/** A pod that must be refused, and what its author reads. */
const refusals: readonly (readonly [why: string, pod: Pod, says: RegExp])[] = [
  [
    'an unknown release',
    pod({ 'keyfob.dev/inject': 'shopp' }),
    /asks for Keyfob but has no sidecar: .* must be 'shop-keyfob'/,
  ],
  [
    'an unknown annotation',
    pod({ ...inject, 'keyfob.dev/prt': '1' }),
    /unknown annotation keyfob.dev\/prt; known: keyfob.dev\/inject, /,
  ],
  ['one without inject', pod({ 'keyfob.dev/injct': 'shop-keyfob' }), /unknown annotation keyfob.dev\/injct/],
  [
    'a wrong amount',
    pod({ ...inject, 'keyfob.dev/memory-limit': 'lots' }),
    /(not an amount: keyfob.dev\/memory-limit|quantities must match|unable to parse quantity)/,
  ],
  ['a word as port', pod({ ...inject, 'keyfob.dev/port': 'http' }), /keyfob.dev\/port is not a port/],
  ['a port out of range', pod({ ...inject, 'keyfob.dev/port': '70000' }), /keyfob.dev\/port is not a port/],
  [
    'the network of the node',
    pod(inject, { hostNetwork: true }),
    /with hostNetwork every process of the node could reach Keyfob/,
  ],
  [
    'no caller',
    pod(inject, { containers: [{ name: 'main', image: 'x' }] }),
    /no container is a caller of Keyfob: name one as in \[web,jobs\]/,
  ],
  [
    'a sidecar of its own',
    pod(inject, { initContainers: [{ name: 'keyfob', image: 'evil', restartPolicy: 'Always' }] }),
    /the sidecar is not keyfob\/keyfob:/,
  ],
  [
    'a plain init container of that name',
    pod(inject, { initContainers: [{ name: 'keyfob', image: 'keyfob/keyfob:0.1.0' }] }),
    /asks for Keyfob but has no sidecar/,
  ],
];

await admissionTest('the validating policy refuses, and says why', async (t) => {
  const objects = await policies(await prepareCharts(), sidecars['tokens from Kubernetes']);
  const outcomes = await createPods(
    objects,
    refusals.map(([, one]) => one),
  );
  for (const [index, [why, , says]] of refusals.entries()) t.match(outcomes[index]?.refused, says, why);
});

await admissionTest('without the mutating policy an annotated pod is refused', async (t) => {
  const objects = await policies(await prepareCharts(), sidecars['tokens from Kubernetes']);
  const validating = objects.filter(({ kind }) => !kind.startsWith('Mutating'));
  const { refused } = sole(await createPods(validating, [pod(inject)]));
  t.match(
    refused,
    /asks for Keyfob but has no sidecar: .* the MutatingAdmissionPolicy 'shop-keyfob.shop' must be there/,
  );
});

await admissionTest(
  'sockets need the group of the pod, unless every user may connect; a port has no meaning',
  async (t) => {
    const charts = await prepareCharts();
    const strict = await policies(charts, sidecars['unix sockets']);
    const withoutGroup = pod(inject, { securityContext: {} });
    t.match(sole(await createPods(strict, [withoutGroup])).refused, /fsGroup is missing/);
    t.match(
      sole(await createPods(strict, [pod({ ...inject, 'keyfob.dev/port': '1' })])).refused,
      /has no meaning here/,
    );
    t.equal(sole(await createPods(strict, [pod(inject, { hostNetwork: true })])).refused, undefined);
    const lax = await policies(charts, sidecars['unix sockets for every user']);
    t.equal(sole(await createPods(lax, [withoutGroup])).refused, undefined);
  },
);

await admissionTest('an expression that Kubernetes 1.36 would not store is found, before any pod comes', async (t) => {
  const objects = await policies(await prepareCharts(), sidecars['tokens from Kubernetes']);
  const spoil = (from: string, to: string): readonly object[] => JSON.parse(JSON.stringify(objects).replace(from, to));
  await t.rejects(createPods(spoil('transformList', 'transformLists'), []), /undeclared reference to 'transformLists'/);
  await t.rejects(createPods(spoil('variables.isInjected', 'variables.isInjcted'), []), /undefined field 'isInjcted'/);
  t.strictSame(await createPods(objects, []), []);
});

await admissionTest("what is for Prometheus is of its operator's own types", async (t) => {
  const values = { ...surroundings['monitoring'], 'keyfob-sidecar': sidecars['tokens from Kubernetes'] };
  const text = await (await prepareCharts()).render('helm/keyfob', values);
  const manifests = parseManifests(text).filter(({ apiVersion }) => apiVersion.startsWith('monitoring.'));
  t.strictSame(manifests.map(({ kind }) => kind).sort(), ['PodMonitor', 'PrometheusRule']);
  t.strictSame(await createPods(manifests, []), []);
  const wrong = parseManifests(text.replace('podMetricsEndpoints', 'podMetricsEndpoint'));
  await t.rejects(createPods(wrong, []), /unknown field "spec.podMetricsEndpoint"/);
});

void test('each refusal is another', async (t) => {
  t.equal(new Set(refusals.map(([why]) => why)).size, refusals.length);
});
