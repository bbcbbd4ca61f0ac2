import type { ResultReported } from '../../intake/intake.events.ts';
import type { Role } from '#libs/contracts';
import type { FixExposures, TimerName } from './fix.events.ts';

/** What an own probe measured. */
export interface ProbeOutcome {
  ok: boolean;
  reasonCode: string;
  latencyMs: number;
}

/** What was counted since the fix, up to now. */
export type ExposureReading = Omit<FixExposures, 'clean_in_a_row'>;

/** What a person says to an action that was proposed. */
export interface ApprovalAnswer {
  verdict: 'granted' | 'rejected';
  /** Of the action that they saw. */
  actionSha256: string;
  actor: string;
  role: Role;
  reason: string;
}

/** Everything that can happen to a live fix. Time-outs and probes are inputs like any other. */
export type FixInput =
  | { type: 'result'; agentId: string; result: ResultReported['data'] }
  /** `lateMs`: how long after it was due it fires; much, when we ourselves, or the log, were away. */
  | {
      type: 'timer';
      name: TimerName;
      generation: number;
      probe?: ProbeOutcome;
      exposures?: ExposureReading;
      lateMs?: number;
    }
  | { type: 'approval'; answer: ApprovalAnswer; probe?: ProbeOutcome }
  | { type: 'fault'; agentId: string; fingerprint: string; observedAtMs: number };

/** Whether a command may follow, so that the guards have to be asked. */
export const mayCommand = (input: FixInput): boolean => {
  if (input.type === 'approval') return input.answer.verdict === 'granted' && input.probe?.ok !== true;
  if (input.type !== 'timer') return false;
  return input.name === 'undo' || (input.name === 'retry' && input.probe?.ok !== true);
};

/** A timer whose firing is answered with a probe first. */
export const needsProbe = (name: TimerName): boolean => name === 'probe' || name === 'retry';
