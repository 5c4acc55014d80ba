import { glob } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { installDeployTools } from '../../scripts/install-deploy-tools.ts';
import { mustRun } from './run-tool.ts';

const FOLDER = 'deploy/kustomize/overlays';

interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly readOnly?: boolean;
}

export interface OverlayContainer {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly Mount[];
}

export interface OverlayPod {
  readonly automountServiceAccountToken: boolean;
  readonly initContainers: readonly OverlayContainer[];
  readonly containers: readonly OverlayContainer[];
}

/** What `kubectl kustomize` makes of an overlay. */
export interface Overlay {
  readonly text: string;
  /** Spec of the pods of its Deployment. */
  readonly pod: OverlayPod;
  /** keyfob.yaml */
  readonly config: string;
}

interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: { readonly template: { readonly spec: OverlayPod } };
}

export const overlays: readonly string[] = (await Array.fromAsync(glob(`${FOLDER}/*`)))
  .map((path) => basename(path))
  .sort();

export async function buildOverlay(name: string): Promise<Overlay> {
  const { kubectl } = await installDeployTools();
  const text = await mustRun(kubectl, ['kustomize', `${FOLDER}/${name}`]);
  const manifests: readonly Manifest[] = parseAllDocuments(text).map((document) => document.toJSON());
  const pod = manifests.find(({ kind }) => kind === 'Deployment')?.spec?.template.spec;
  const config = manifests.find(({ kind }) => kind === 'ConfigMap')?.data?.['keyfob.yaml'];
  if (pod === undefined || config === undefined) throw new Error(`'${name}' has no Deployment or no keyfob.yaml`);
  return { text, pod, config };
}

/** @throws Error when there is none. */
export function containerNamed({ initContainers, containers }: OverlayPod, name: string): OverlayContainer {
  const found = [...initContainers, ...containers].find((container) => container.name === name);
  if (found === undefined) throw new Error(`there is no container '${name}'`);
  return found;
}
