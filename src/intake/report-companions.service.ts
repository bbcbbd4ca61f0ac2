import { Injectable } from '@nestjs/common';
import type { StreamCondition, StreamWrite } from '#libs/event-store';
import { AppLogger } from '../platform/logging/app-logger.ts';
import type { ErrorReported } from './intake.events.ts';

/** A report as it will be stored. */
export interface UnstoredReport {
  id: string;
  data: ErrorReported['data'];
}

/** What is stored in the append of a report: all of it, right after the report, or nothing. */
export interface Companion {
  writes: readonly StreamWrite[];
  conditions: readonly StreamCondition[];
  /** Told once, whether it was stored. Where it wasn't, the report is stored alone, and dealt with by those who read it. */
  onSettled: (isStored: boolean) => void;
}

export type FindCompanion = (report: UnstoredReport) => Promise<Companion | undefined> | undefined;

/** Lets those whom a report sets off store what they make of it together with it. */
@Injectable()
export class ReportCompanions {
  private ask: FindCompanion | undefined;

  constructor(private readonly logger: AppLogger) {}

  provide(find: FindCompanion): void {
    this.ask = find;
  }

  /** @returns undefined at once where nobody has anything to store; what fails is as if there were nothing */
  find(report: UnstoredReport): Promise<Companion | undefined> | undefined {
    try {
      return this.ask?.(report)?.catch((error: unknown) => this.leaveOut(report, error));
    } catch (error) {
      return this.leaveOut(report, error);
    }
  }

  private leaveOut({ id }: UnstoredReport, error: unknown): undefined {
    this.logger.problem('what a report sets off could not be foreseen', error, { report: id });
    return undefined;
  }
}
