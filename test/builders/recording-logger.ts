import { AppLogger } from '../../src/platform/logging/app-logger.ts';
import { buildConfiguration } from './configuration-builder.ts';

/** Keeps what went wrong instead of printing it. */
export class RecordingLogger extends AppLogger {
  readonly problems: { message: string; error: unknown }[] = [];

  constructor() {
    super(buildConfiguration());
  }

  override say(): void {}

  override problem(message: string, error: unknown): void {
    this.problems.push({ message, error });
  }
}
