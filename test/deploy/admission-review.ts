import { installGoProgram } from '../../scripts/install-go-program.ts';
import { mustRun } from './run-tool.ts';

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
  readonly resources?: { readonly requests?: object; readonly limits?: object };
  readonly restartPolicy?: string;
  readonly securityContext?: object;
}

export interface Pod {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name?: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
    readonly volumes?: readonly { readonly name: string }[];
    readonly securityContext?: object;
    readonly hostNetwork?: boolean;
  };
}

/** What became of a pod: as it would be stored, or why not, and what the restricted standard has against it. */
export interface Outcome {
  readonly pod: Pod;
  readonly refused?: string;
  readonly restricted: readonly string[];
}

/** Creates the pods in a cluster of Kubernetes' own admission plugins that holds the objects; see test/deploy/admission. */
export async function createPods(objects: readonly object[], pods: readonly Pod[]): Promise<readonly Outcome[]> {
  const question = { objects, pods: pods.map((pod) => ({ pod })) };
  const outcomes: readonly Outcome[] = JSON.parse(
    await mustRun(await installGoProgram('admission'), [], { input: JSON.stringify(question) }),
  );
  return outcomes;
}
