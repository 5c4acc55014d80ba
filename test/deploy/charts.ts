import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { installHelm } from '../../scripts/install-helm.ts';
import type { Pod } from './admission-review.ts';
import { mustRun, runTool, type ToolRun } from './run-tool.ts';

/** A document that a chart renders, as far as the tests look into all of them. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  /** Of a ConfigMap. */
  readonly data?: Readonly<Record<string, string>>;
  /** Of a Deployment. */
  readonly spec?: { readonly template?: Pod };
}

export type ChartName = 'helm/keyfob' | 'examples/chart';
export type Values = Readonly<Record<string, unknown>>;

/** The charts with what they depend on put in place, in a folder of their own. */
export interface Charts {
  /** What `helm template shop CHART --namespace shop` prints. */
  render(chart: ChartName, values: Values): Promise<string>;
  /** The same, whether it succeeds or not. */
  tryRender(chart: ChartName, values: Values): Promise<ToolRun>;
  lint(chart: ChartName, values: Values): Promise<ToolRun>;
}

export async function prepareCharts(): Promise<Charts> {
  const helm = await installHelm();
  const cwd = await mkdtemp(join(tmpdir(), 'keyfob-charts-'));
  for (const folder of ['helm', 'examples/chart']) await cp(folder, join(cwd, folder), { recursive: true });
  // Helm keeps its own files there.
  const env = { HOME: cwd };
  for (const chart of ['helm/keyfob', 'examples/chart'])
    await mustRun(helm, ['dependency', 'build', chart], { cwd, env });
  const withValues = (args: readonly string[], values: Values) =>
    [[...args, '--namespace', 'shop', '--values', '-'], { cwd, env, input: stringify(values) }] as const;
  return {
    render: (chart, values) => mustRun(helm, ...withValues(['template', 'shop', chart], values)),
    tryRender: (chart, values) => runTool(helm, ...withValues(['template', 'shop', chart], values)),
    lint: (chart, values) => runTool(helm, ...withValues(['lint', '--strict', chart], values)),
  };
}

export function parseManifests(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { merge: true }).flatMap((document) => {
    const manifest: Manifest | null = document.toJSON();
    return manifest === null ? [] : [manifest];
  });
}

/** @throws Error when there is none. */
export function findManifest(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.find((one) => one.kind === kind && (name === undefined || one.metadata.name === name));
  if (found === undefined) throw new Error(`no ${kind} ${name ?? ''} is rendered`);
  return found;
}
