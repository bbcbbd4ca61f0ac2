import { Injectable, type LoggerService } from '@nestjs/common';
import pino, { type Logger } from 'pino';
import { ZantaraError } from '#libs/contracts';
import type { LogLevel } from '#libs/messaging';
import { Configuration } from '../config/configuration.ts';

/** Log lines as JSON on standard output: for Nest, and for what our own parts have to say. */
@Injectable()
export class AppLogger implements LoggerService {
  private readonly pino: Logger;

  constructor(config: Configuration) {
    this.pino = pino({ level: config.logLevel, base: { program: 'orchestrator' } });
  }

  log(message: unknown, context?: unknown): void {
    this.pino.debug({ context }, String(message));
  }

  error(message: unknown, ...details: unknown[]): void {
    this.pino.error({ details }, String(message));
  }

  warn(message: unknown, context?: unknown): void {
    this.pino.warn({ context }, String(message));
  }

  debug(message: unknown, context?: unknown): void {
    this.pino.debug({ context }, String(message));
  }

  say(level: LogLevel, message: string, fields: Record<string, unknown> = {}): void {
    this.pino[level](fields, message);
  }

  /** Something failed: a warning where time will mend it, an error where it won't. */
  problem(message: string, error: unknown, fields: Record<string, unknown> = {}): void {
    const isTemporary = error instanceof ZantaraError && error.retryable;
    this.pino[isTemporary ? 'warn' : 'error']({ ...fields, err: error }, message);
  }
}
