import { type CallerRules, toCallerRules } from '../access/caller-rules.ts';
import type { Decision, Rule } from '../access/decision.ts';
import { Policy } from '../access/policy.ts';
import { toRouting } from '../client/pipeline.ts';
import { type Route, Router } from '../client/router.ts';
import type { Source } from '../client/source.ts';
import type { Config, ProviderConfig } from '../config/config.ts';
import { toLine } from '../config/config-problems.ts';
import { formatKeyPath } from '../config/key-path.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import { type Operation, operations } from '../core/access-context.ts';
import type { Clock } from '../core/clock.ts';
import { isSecretsError } from '../core/errors/secrets-error.ts';
import { providerKinds } from '../providers/registry.ts';
import { Breaker } from '../resilience/breaker.ts';
import { CallBudget } from '../resilience/call-budget.ts';
import { silentLog } from './silent-log.ts';
import { UsageError } from './usage-error.ts';

/** What `parseArgs` is to know of the options that ask about an access. */
export const accessOptions = {
  caller: { type: 'string' },
  path: { type: 'string' },
  operation: { type: 'string' },
  provider: { type: 'string' },
} as const;

/** Their values. */
export interface AccessFlags {
  readonly caller?: string | undefined;
  readonly path?: string | undefined;
  readonly operation?: string | undefined;
  readonly provider?: string | undefined;
}

interface Asked {
  readonly caller: string;
  readonly path: string;
  readonly operation: Operation;
  readonly provider?: string;
}

export interface Verdict {
  readonly isAllowed: boolean;
  readonly lines: readonly string[];
}

/** Whether anything about an access was asked. @throws UsageError for half a question */
export function parseAccessFlags(flags: AccessFlags, { access, providers }: Config): Asked | undefined {
  const { caller, path, operation = 'get', provider } = flags;
  if (Object.keys(accessOptions).every((name) => Reflect.get(flags, name) === undefined)) return undefined;
  if (caller === undefined || path === undefined) throw new UsageError("'--caller' and '--path' belong together");
  const known = operations.find((name) => name === operation);
  if (known === undefined) throw new UsageError(`'--operation' is one of ${operations.join(', ')}`);
  const names = toCallerRules(access.mode, access.callers).map(({ name }) => name);
  if (!names.includes(caller))
    throw new UsageError(`there is no caller '${caller}', but ${names.join(', ') || 'none'}`);
  if (provider !== undefined && !providers.some(({ name }) => name === provider))
    throw new UsageError(`there is no provider '${provider}' in the configuration`);
  return { caller, path, operation: known, ...(provider !== undefined && { provider }) };
}

/** Whether the policy allows it, and by which line of the configuration. Asks no store. */
export function checkAccess({ config, place }: LoadedConfig, asked: Asked, clock: Clock): Verdict {
  const { mode, callers } = config.access;
  const policy = new Policy(toCallerRules(mode, callers));
  const rules = toCallerRules(mode, callers).find(({ name }) => name === asked.caller);
  if (rules === undefined) throw new TypeError('the flags were not checked');
  const found = findRoute(config, asked, clock);
  const decision = decide(policy, asked, { route: found.route, tags: rules.tags });
  const isAllowed = decision.isAllowed && found.problem === undefined;
  const verb = isAllowed ? 'may' : 'may not';
  const lineOf = (rule: Rule): string => {
    const at = ['access', 'callers', callers.findIndex(({ name }) => name === rule.caller)];
    const path = [...at, rule.key, ...(rule.index === undefined ? [] : [rule.index])];
    const message = `${formatKeyPath(path)} ${saying(rules, rule)}`;
    return callers.some(({ name }) => name === rule.caller) ? toLine({ ...place(path), message }) : byDefault(rule);
  };
  return {
    isAllowed,
    lines: [
      `${isAllowed ? 'allowed' : 'refused'}: the caller '${asked.caller}' ${verb} ${asked.operation} '${asked.path}'`,
      ...reasons(decision, { asked, lineOf, found }),
      ...(isAllowed && asked.operation !== 'list' ? conditions(rules, lineOf) : []),
    ],
  };
}

interface Found {
  readonly route: Route | undefined;
  /** Why there is none. */
  readonly problem?: string;
}

function findRoute(config: Config, { path, provider, operation }: Asked, clock: Clock): Found {
  if (operation === 'list') return { route: undefined };
  const instances = new Map(config.providers.map((each) => [each.name, [toSource(each, config, clock)]]));
  try {
    const target = { path, ...(provider !== undefined && { provider }) };
    return { route: new Router({ instances, ...toRouting(config) }).route(target) };
  } catch (error) {
    if (!isSecretsError(error)) throw error;
    return { route: undefined, problem: `${error.message} (${error.code})` };
  }
}

function decide(
  policy: Policy,
  asked: Asked,
  { route, tags }: { readonly route: Route | undefined; readonly tags: Readonly<Record<string, string>> },
): Decision {
  const rules = policy.of(asked.caller);
  if (asked.operation !== 'list' || rules === undefined)
    return policy.decide({ ...asked, places: route?.map(({ place }) => place) ?? [], tags });
  const [onOperation, onProvider] = [rules.decideOperation('list'), rules.decideProvider(asked.provider)];
  if (!onOperation.isAllowed) return onOperation;
  return onProvider.isAllowed ? rules.decidePrefix(asked.path) : onProvider;
}

interface Reasoning {
  readonly asked: Asked;
  readonly lineOf: (rule: Rule) => string;
  readonly found: Found;
}

function reasons({ rule, isAllowed }: Decision, { asked, lineOf, found }: Reasoning): readonly string[] {
  const spelling = found.route?.[0].place.canonical ?? asked.path;
  return [
    ...(spelling === asked.path ? [] : [`  it is another spelling of '${spelling}'`]),
    `  ${rule === undefined ? "no line of 'allow' matches" : lineOf(rule)}`,
    ...(isAllowed && found.problem !== undefined ? [`  ${found.problem}`] : []),
  ];
}

function saying(rules: CallerRules, { key, index }: Rule): string {
  const pattern = index === undefined ? undefined : key === 'deny' ? rules.deny[index] : rules.allow[index];
  if (pattern !== undefined) return `is '${pattern}'`;
  return key === 'tags' ? 'asks for tags' : `is [${[rules[key]].flat().join(', ')}]`;
}

const byDefault = ({ key }: Rule): string => `by default: there is no caller of this name with '${key}' of its own`;

function conditions({ name, tags }: CallerRules, lineOf: Reasoning['lineOf']): readonly string[] {
  const pairs = Object.entries(tags).map(([tag, value]) => `${tag}=${value}`);
  if (pairs.length === 0) return [];
  return [`  only a secret with the tags ${pairs.join(', ')}`, `  ${lineOf({ caller: name, key: 'tags' })}`];
}

/** A source that is never asked for anything but where a path leads. */
function toSource({ name, type, options, attemptTimeoutMs }: ProviderConfig, config: Config, clock: Clock): Source {
  const kind = providerKinds.find((each) => each.type === type);
  if (kind === undefined) throw new TypeError(`no provider of type '${type}'`);
  const tools = { clock, log: silentLog, recordIdentityCall: () => undefined };
  return {
    name,
    label: name,
    provider: kind.create(name, kind.replicas?.(options)[0]?.options ?? options, tools),
    breaker: new Breaker({ name, clock, ...config.circuitBreaker, onStateChange: () => undefined }),
    budget: new CallBudget({ name, clock, ...config.budget }),
    attemptTimeoutMs,
  };
}
