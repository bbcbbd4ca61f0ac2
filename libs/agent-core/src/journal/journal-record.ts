import type { Result } from '#libs/contracts';
import type { Instant } from '../monotonic-clock.ts';

/** A command's place in the log, as the orchestrator wrote it. */
export interface Fence {
  readonly log_id: string;
  readonly position: number;
}

/** What the journal holds on disk, one record a line. Names are snake_case, as in everything that leaves the process. */
export type JournalRecord =
  | {
      readonly type: 'started';
      readonly command_id: string;
      readonly service_id: string;
      readonly strategy: string;
      readonly fence: Fence;
      readonly at: Instant;
      /** The command that it takes back. */
      readonly undoes?: string;
    }
  | { readonly type: 'finished'; readonly command_id: string; readonly result: Result }
  | { readonly type: 'refused'; readonly command_id: string; readonly result: Result }
  | { readonly type: 'receipted'; readonly command_id: string }
  | { readonly type: 'fence'; readonly service_id: string; readonly fence: Fence };

/** What the journal knows of one command. A started one without a result was cut off: nobody knows what it did. */
export type JournalEntry =
  | {
      readonly state: 'started';
      readonly serviceId: string;
      readonly strategy: string;
      readonly records: readonly JournalRecord[];
    }
  | {
      readonly state: 'finished' | 'refused';
      readonly result: Result;
      readonly receipted: boolean;
      readonly records: readonly JournalRecord[];
    };
