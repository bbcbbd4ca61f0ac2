import { LogChecker } from '../check-log.ts';
import type { AgentLedger, CheckOptions, LogEvidence, LogPage } from '../evidence.ts';
import type { Violation } from '../violation.ts';
import { readLog } from './read-log.ts';

/** Beside the log: what its agents say, and how much is asked of it. */
export interface CheckedAgainst {
  readonly ledgers?: readonly AgentLedger[];
  readonly options?: CheckOptions;
}

/** The whole log in memory, to look at or to plant something in. For a long one there is `checkStoredLog`. */
export function loadLogEvidence(ownerUrl: string, { ledgers = [], options = {} }: CheckedAgainst = {}): Promise<LogEvidence> {
  return readLog({ databaseUrl: ownerUrl, secrets: options.secrets }, async (frame, pages) => {
    const all: LogPage[] = [];
    for await (const page of pages) all.push(page);
    return {
      ...frame,
      ledgers,
      options,
      records: all.flatMap(({ records }) => records),
      chain: all.flatMap(({ chain }) => chain),
    };
  });
}

/** Checks a log of any length without having it in memory. */
export function checkStoredLog(ownerUrl: string, { ledgers = [], options = {} }: CheckedAgainst = {}): Promise<Violation[]> {
  return readLog({ databaseUrl: ownerUrl, secrets: options.secrets }, async (frame, pages) => {
    const checker = new LogChecker({ ...frame, ledgers, options });
    for await (const page of pages) checker.take(page);
    return checker.finish();
  });
}
