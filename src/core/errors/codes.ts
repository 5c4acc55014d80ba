/**
 * The two levels of the error taxonomy (specification §1.6.1; design §3 for the last two and `KeyNotFound`).
 * Codes are stable: clients and alerts may rely on them.
 */
export const codesByCategory = {
  ConfigurationError: ['InvalidProvider', 'MissingEndpoint', 'InvalidCacheConfig', 'InvalidPathPattern'],
  AuthenticationError: ['InvalidCredentials', 'ExpiredCredentials', 'InsufficientPermissions', 'TokenRefreshFailed'],
  SecretNotFoundError: ['SecretDoesNotExist', 'VersionNotFound', 'StageNotFound'],
  AccessError: ['AccessDenied', 'ResourcePolicyDenied', 'KmsAccessDenied'],
  RotationError: ['RotationInProgress', 'RotationFailed', 'RotationNotConfigured'],
  ProviderError: ['ProviderUnavailable', 'RateLimited', 'QuotaExceeded', 'InternalError'],
  CacheError: ['CacheCorrupted', 'RefreshFailed'],
  ParseError: ['InvalidSecretFormat', 'JsonParseError', 'InvalidReference', 'KeyNotFound'],
  NetworkError: ['ConnectionFailed', 'Timeout', 'TlsError'],
  RequestError: [
    'UnknownParameter',
    'InvalidParameter',
    'InvalidPath',
    'InvalidBody',
    'MalformedRequest',
    'HeadersTooLarge',
    'RequestTimeout',
    'RouteNotFound',
    'MethodNotAllowed',
    'PayloadTooLarge',
    'UnsupportedMediaType',
    'HostNotAllowed',
    'ForwardedRequest',
    'CrossSite',
    'Overloaded',
    'Draining',
    'AuditUnavailable',
    'DryRun',
    'NotRecorded',
  ],
  CallerError: ['NotAuthenticated', 'PolicyDenied', 'CallerRateLimited'],
} as const;

export type ErrorCategory = keyof typeof codesByCategory;
export type CodeOf<C extends ErrorCategory> = (typeof codesByCategory)[C][number];
export type ErrorCode = CodeOf<ErrorCategory>;
