import { inspect } from 'node:util';
import type { Log, LogFields } from '../../src/core/log.ts';

export interface LogLine {
  readonly level: keyof Log;
  readonly fields: LogFields;
  readonly message: string;
}

/** A log that keeps its lines, for tests that look at them or search them for values. */
export class RecordingLog implements Log {
  readonly lines: LogLine[] = [];

  error(fields: LogFields, message: string): void {
    this.lines.push({ level: 'error', fields, message });
  }

  warn(fields: LogFields, message: string): void {
    this.lines.push({ level: 'warn', fields, message });
  }

  info(fields: LogFields, message: string): void {
    this.lines.push({ level: 'info', fields, message });
  }

  debug(fields: LogFields, message: string): void {
    this.lines.push({ level: 'debug', fields, message });
  }

  trace(fields: LogFields, message: string): void {
    this.lines.push({ level: 'trace', fields, message });
  }

  /** The messages of one level. */
  messages(level: keyof Log): readonly string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.message);
  }

  /** Everything that was logged, causes of errors included. */
  text(): string {
    return inspect(this.lines, { depth: Infinity, maxStringLength: null });
  }
}
