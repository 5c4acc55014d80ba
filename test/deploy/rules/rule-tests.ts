import { alertCases, quietCases, type Series } from './alert-cases.ts';

const TARGET = 'namespace="shop", pod="web-0", job="shop/keyfob", instance="10.0.0.7:9464"';
const QUIET = '3h';

/** The cases as a file for `promtool test rules`. */
export const ruleTests = (rulesFile: string): unknown => ({
  rule_files: [rulesFile],
  evaluation_interval: '1m',
  tests: [
    ...alertCases.map(({ alert, severity, series, quietAt, firesAt }) => ({
      name: `Keyfob${alert} ${severity}`,
      interval: '1m',
      input_series: toInput(series),
      promql_expr_test: [
        ...(quietAt === undefined ? [] : [{ ...calls(alert, severity), eval_time: `${quietAt}m`, exp_samples: [] }]),
        { ...calls(alert, severity), eval_time: `${firesAt}m`, exp_samples: [{ labels: '{}', value: 1 }] },
      ],
    })),
    ...Object.entries(quietCases).map(([name, series]) => ({
      name,
      interval: '1m',
      input_series: toInput(series),
      promql_expr_test: [
        {
          expr: `count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[${QUIET}]))`,
          eval_time: QUIET,
          exp_samples: [],
        },
      ],
    })),
  ],
});

const calls = (alert: string, severity: string): { readonly expr: string } => ({
  expr: `count(ALERTS{alertname="Keyfob${alert}", severity="${severity}", alertstate="firing"})`,
});

/** With the labels of a target. */
const toInput = (series: Series): unknown =>
  Object.entries(series).map(([name, values]) => ({
    series: name.includes('{') ? name.replace('}', `, ${TARGET}}`) : `${name}{${TARGET}}`,
    values,
  }));
