/** Structured fields of a log line. Never a value, a token, or an upstream URL. */
export type LogFields = Readonly<Record<string, unknown>>;

/** The log as the inner layers see it; levels as in specification §1.8.3. */
export interface Log {
  error(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  debug(fields: LogFields, message: string): void;
  trace(fields: LogFields, message: string): void;
}
