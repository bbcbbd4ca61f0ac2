import type { JsonObject } from '#libs/contracts';
import type { ChainRow, CheckFrame, LogRecord } from './evidence.ts';
import type { Violation, ViolationCode } from './violation.ts';

/** A record with its payload read. */
export interface LogEvent extends LogRecord {
  readonly data: JsonObject;
}

/** One law sees the whole log once, from the first event to the last, and keeps only what it needs to judge. */
export interface Law {
  observe?(event: LogEvent): readonly Violation[];
  /** Comes after the last event of its batch. */
  observeChain?(row: ChainRow): readonly Violation[];
  finish?(): readonly Violation[];
}

export type LawMaker = (frame: CheckFrame) => Law;

/** Where a violation shows. */
export interface Place {
  readonly positions?: readonly number[];
  readonly ids?: readonly string[];
}

export const violation = (code: ViolationCode, sentence: string, { positions = [], ids = [] }: Place): Violation => ({
  code,
  sentence,
  positions,
  ids,
});
