import { readFile } from 'node:fs/promises';

/** A query of a panel, with what Grafana puts in for its variables when all is selected. */
export interface PanelQuery {
  readonly panel: string;
  readonly expr: string;
}

interface Panel {
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string }[];
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly definition?: string;
  readonly allValue?: string;
}

export interface Dashboard {
  readonly text: string;
  readonly panels: readonly Panel[];
  readonly queries: readonly PanelQuery[];
  /** The variables that ask Prometheus: label and selector. */
  readonly variables: readonly { readonly name: string; readonly selector: string }[];
}

/** @throws Error for a variable that the dashboard does not have. */
export async function readDashboard(): Promise<Dashboard> {
  const text = await readFile('helm/keyfob/files/dashboard.json', 'utf8');
  const { panels, templating }: { panels: readonly Panel[]; templating: { list: readonly Variable[] } } =
    JSON.parse(text);
  const { list } = templating;
  const all = new Map(list.map(({ name, allValue }) => [name, allValue ?? '']));
  all.set('__rate_interval', '5m');
  const fill = (expr: string): string =>
    expr.replaceAll(/\$(\w+)/g, (_, name: string) => {
      const value = all.get(name);
      if (value === undefined) throw new Error(`there is no variable '${name}'`);
      return value;
    });
  return {
    text,
    panels,
    queries: panels.flatMap(({ title: panel, targets = [] }) =>
      targets.map(({ expr }) => ({ panel, expr: fill(expr) })),
    ),
    variables: list.flatMap(({ name, definition = '' }) => {
      const [, selector] = /^label_values\((.*), \w+\)$/.exec(definition) ?? [];
      return selector === undefined ? [] : [{ name, selector: fill(selector) }];
    }),
  };
}
