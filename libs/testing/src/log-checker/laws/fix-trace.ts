import { readNumber, readText } from '../fields.ts';
import type { LogEvent } from '../law.ts';
import { AWAITED_TIMERS, type FixPhase, isEnded } from './fix-move-table.ts';

/** What a fix has come to so far. */
export interface FixTrace {
  phase: FixPhase;
  attempt: number;
  commandId: string;
  wasRevoked: boolean;
  lastPosition: number;
  /** When each timer that is set and hasn't fired is due. */
  readonly dueAtMs: Map<string, number>;
}

export const beginTrace = (): FixTrace => ({
  phase: 'none',
  attempt: 0,
  commandId: '',
  wasRevoked: false,
  lastPosition: 0,
  dueAtMs: new Map(),
});

export function applyToTrace(fix: FixTrace, phase: FixPhase, { type, data, position }: LogEvent): void {
  fix.lastPosition = position;
  fix.phase = phase;
  if (type === 'VerdictRevoked') fix.wasRevoked = true;
  if (type === 'FixCommanded') {
    if (readText(data, 'undoes') === '') fix.attempt = readNumber(data, 'attempt');
    fix.commandId = readText(data, 'command_id');
  }
  if (type === 'TimerSet') fix.dueAtMs.set(readText(data, 'name'), Date.parse(readText(data, 'due_at')));
  if (type === 'TimerFired') fix.dueAtMs.delete(readText(data, 'name'));
  if (isEnded(phase)) fix.dueAtMs.clear();
}

/** The probe that answers a due timer takes its time, and the next one is set only after it. */
const FIRES_WITHIN_MS = 10_000;

/** Whether it goes on by itself: it waits for a timer that is set, and no timer of it is overdue. */
export function isWaiting({ phase, dueAtMs }: FixTrace, nowMs: number): boolean {
  const awaited = AWAITED_TIMERS[phase] ?? [];
  return awaited.some((name) => dueAtMs.has(name)) && [...dueAtMs.values()].every((due) => due > nowMs - FIRES_WITHIN_MS);
}
