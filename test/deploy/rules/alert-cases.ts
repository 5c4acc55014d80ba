/** Values of the series that one target sends, a minute apart, in the notation of promtool: `0+6x60` grows by 6. */
export type Series = Readonly<Record<string, string>>;

export interface AlertCase {
  readonly alert: string;
  readonly severity: 'warning' | 'critical';
  readonly series: Series;
  /** Minutes from the beginning of the fault at which nobody is called yet; none for an alert that does not wait. */
  readonly quietAt?: number;
  readonly firesAt: number;
}

const AUDITED = { secrets_audit_errors_total: '0x180' };
const busy = (operation: string): Series => ({
  [`secrets_requests_total{provider="vault", operation="${operation}", status="success"}`]: '0+600x180',
});
const failed = (error_type: string, perMinute: number): Series => ({
  [`secrets_errors_total{provider="vault", error_type="${error_type}"}`]: `0+${perMinute}x180`,
});
const identity = (status: string): Series => ({
  [`secrets_provider_calls_total{provider="vault", call="identity", status="${status}"}`]: '0+1x60',
});
const reads = (le: string, perMinute: number): Series => ({
  [`secrets_request_duration_seconds_bucket{provider="vault", operation="get", le="${le}"}`]: `0+${perMinute}x60`,
});

/** The fault of each alert, how soon it calls and how soon not. */
export const alertCases: readonly AlertCase[] = [
  { alert: 'Down', severity: 'critical', series: { up: '1 0x30', ...AUDITED }, quietAt: 5, firesAt: 6 },
  {
    alert: 'Restarts',
    severity: 'warning',
    series: { process_start_time_seconds: '1 2 2 3 3 4 4x30', ...AUDITED },
    quietAt: 4,
    firesAt: 5,
  },
  {
    alert: 'EventLoopLags',
    severity: 'warning',
    series: { nodejs_eventloop_lag_p99_seconds: '0.2x30', ...AUDITED },
    quietAt: 9,
    firesAt: 10,
  },
  {
    // All of a day's failures at once: the hour and the five minutes are over the limit, and ten have failed.
    alert: 'ErrorBudgetBurns',
    severity: 'critical',
    series: { ...busy('get'), ...failed('NetworkError', 12) },
    quietAt: 2,
    firesAt: 4,
  },
  {
    // Seven in a thousand: too slow for the page.
    alert: 'ErrorBudgetBurns',
    severity: 'warning',
    series: { ...busy('get'), ...failed('ProviderError', 4.2) },
    quietAt: 15,
    firesAt: 20,
  },
  {
    alert: 'ReadsSlowly',
    severity: 'warning',
    series: {
      ...reads('0.5', 97),
      'secrets_request_duration_seconds_count{provider="vault", operation="get"}': '0+100x60',
    },
    quietAt: 10,
    firesAt: 12,
  },
  { alert: 'RefusesCallers', severity: 'warning', series: failed('CallerError', 12), quietAt: 11, firesAt: 15 },
  {
    alert: 'KeysUnreadable',
    severity: 'warning',
    series: {
      'secrets_caller_key_reads_total{status="success"}': '0 1 1 1 1 2 2 2 2 2x60',
      'secrets_caller_key_reads_total{status="error"}': '0x9 1x4 2x4 3x4 4x60',
    },
    quietAt: 18,
    firesAt: 22,
  },
  {
    alert: 'BreakerOpen',
    severity: 'warning',
    // It tries now and then whether the store works again.
    series: {
      'secrets_circuit_breaker_state{provider="vault", state="open"}': '1 0 1 1 0 1x30',
      'secrets_circuit_breaker_state{provider="vault", state="half_open"}': '0 1 0 0 1 0x30',
      'secrets_circuit_breaker_state{provider="vault", state="closed"}': '0x30',
    },
    quietAt: 4,
    firesAt: 5,
  },
  {
    alert: 'ServesStale',
    severity: 'warning',
    series: { 'secrets_stale_served_total{provider="vault"}': '0+1x30' },
    quietAt: 10,
    firesAt: 11,
  },
  {
    alert: 'RefreshFails',
    severity: 'warning',
    series: {
      'secrets_refresh_total{provider="vault", status="success"}': '0+1x60',
      'secrets_refresh_total{provider="vault", status="Timeout"}': '0+2x60',
    },
    quietAt: 10,
    firesAt: 11,
  },
  {
    alert: 'Throttled',
    severity: 'warning',
    series: { 'secrets_provider_calls_total{provider="vault", call="get", status="RateLimited"}': '0+1x60' },
    quietAt: 10,
    firesAt: 11,
  },
  {
    alert: 'FailsOver',
    severity: 'warning',
    series: { 'secrets_failover_served_total{provider="backup"}': '0+1x60' },
    quietAt: 10,
    firesAt: 11,
  },
  {
    // Read once in five minutes, as a value of the default `ttl` is.
    alert: 'ServesOddValues',
    severity: 'warning',
    series: { 'secrets_odd_values_total{provider="gcp", warning="latest-disabled"}': '1x4 2x4 3x4 4x4 5x4 6x4' },
    quietAt: 19,
    firesAt: 21,
  },
  { alert: 'LoginFails', severity: 'warning', series: identity('InvalidCredentials'), quietAt: 10, firesAt: 11 },
  {
    alert: 'IdentityEnds',
    severity: 'critical',
    // Renewed in vain from the beginning, with a quarter of an hour left.
    series: {
      ...identity('ProviderUnavailable'),
      'secrets_identity_expiry_seconds{provider="vault"}': '900-60x15',
    },
    quietAt: 10,
    firesAt: 12,
  },
  {
    alert: 'CacheTooSmall',
    severity: 'warning',
    series: { 'secrets_cache_evictions_total{provider="vault", reason="space"}': '0+12x60' },
    quietAt: 15,
    firesAt: 20,
  },
  { alert: 'CacheFileFails', severity: 'warning', series: { secrets_persistence_errors_total: '0 1x30' }, firesAt: 1 },
  { alert: 'AuditFails', severity: 'critical', series: { secrets_audit_errors_total: '0 1x30' }, firesAt: 1 },
  // From the start on.
  { alert: 'AuditFails', severity: 'critical', series: { secrets_audit_errors_total: '1x30' }, firesAt: 0 },
  { alert: 'AuditLosesLines', severity: 'critical', series: { secrets_audit_dropped_total: '0 1x30' }, firesAt: 1 },
  {
    alert: 'WebhooksFail',
    severity: 'warning',
    series: { 'secrets_webhook_deliveries_total{status="failed"}': '0 1x30' },
    firesAt: 1,
  },
];

/** What calls nobody, at any time of three hours. */
export const quietCases: Readonly<Record<string, Series>> = {
  'another program that is down and lags': {
    up: '0x180',
    process_start_time_seconds: '0+60x180',
    nodejs_eventloop_lag_p99_seconds: '3x180',
  },
  'a store that fails for three minutes, and expired values answer': {
    ...busy('get'),
    'secrets_stale_served_total{provider="vault"}': '0x9 60 120 180x170',
    'secrets_circuit_breaker_state{provider="vault", state="open"}': '0x9 1x2 0x170',
    'secrets_refresh_total{provider="vault", status="ConnectionFailed"}': '0x9 10 20 30x170',
    'secrets_refresh_total{provider="vault", status="success"}': '0+10x180',
  },
  'one failure of few requests': {
    'secrets_requests_total{provider="vault", operation="get", status="success"}': '0+1x180',
    'secrets_errors_total{provider="vault", error_type="NetworkError"}': '0x99 1x80',
  },
  'callers who ask for what does not exist, half of the time': {
    ...busy('get'),
    ...failed('SecretNotFoundError', 300),
  },
  'an identity that is renewed late': {
    'secrets_provider_calls_total{provider="vault", call="identity", status="success"}': '0+1x180',
    'secrets_identity_expiry_seconds{provider="vault"}': '60x180',
  },
  'keys that could not be read once': {
    'secrets_caller_key_reads_total{status="success"}': '0x4 1x4 1x4 2x4 3x4 4x4 5x4 6x4',
    'secrets_caller_key_reads_total{status="error"}': '0x9 1x30',
  },
  'a webhook that was sent again': {
    'secrets_webhook_deliveries_total{status="retried"}': '0x9 3x170',
    'secrets_webhook_deliveries_total{status="failed"}': '0x180',
  },
  'what was invalidated': { 'secrets_cache_evictions_total{provider="vault", reason="invalidated"}': '0+60x180' },
};
