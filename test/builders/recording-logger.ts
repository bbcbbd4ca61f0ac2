import { AppLogger } from '../../src/platform/logging/app-logger.ts';
import { buildConfiguration } from './configuration-builder.ts';

/** Keeps what was said and what went wrong instead of printing it. */
export class RecordingLogger extends AppLogger {
  readonly problems: { message: string; error: unknown }[] = [];

  readonly said: string[] = [];

  constructor() {
    super(buildConfiguration());
  }

  override say(_level: string, message: string): void {
    this.said.push(message);
  }

  override problem(message: string, error: unknown): void {
    this.problems.push({ message, error });
  }
}
