export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Where this library's events go. It writes nothing itself. */
export type MessagingLog = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

/** What an unknown thrown value says, in one line, for a log field. */
export const describeError = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll(/\s+/g, ' ').slice(0, 500);
