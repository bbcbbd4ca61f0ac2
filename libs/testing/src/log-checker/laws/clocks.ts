import { readNumber, readObject, readText } from '../fields.ts';
import type { CheckFrame } from '../evidence.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';
import { computeClockTolerance } from './tolerances.ts';

/** A report is stored so soon after it was received, or received again: the log may be away for a while, and a process stand still. */
const STORED_WITHIN_MS = 300_000;

/**
 * `foreign-clock`: no time that anything rests on comes from a clock of an agent, which may be hours off. What an agent saw lies by its age
 * before a receipt, and that shortly before the log took it in; a decision is taken after what it had read was stored, and
 * before it is stored itself, and so is what it commands.
 */
export function createClockLaw(frame: CheckFrame): Law {
  const tolerance = computeClockTolerance(frame);
  /** When each position was recorded. */
  const recordedAt: number[] = [];

  const off = ({ position, id }: LogEvent, sentence: string): Violation[] => [
    violation('foreign-clock', sentence, { positions: [position], ids: [id] }),
  ];

  function judgeReport(event: LogEvent): Violation[] {
    const receivedAtMs = Date.parse(readText(event.data, 'observed_at')) + readNumber(event.data, 'age_ms');
    const beforeMs = event.recordedAtMs - receivedAtMs;
    if (beforeMs >= -tolerance && beforeMs <= STORED_WITHIN_MS) return [];
    return off(event, `by its age it was received ${beforeMs} ms before it was stored`);
  }

  function judgeDecision(event: LogEvent): Violation[] {
    const nowMs = readNumber(readObject(event.data, 'inputs'), 'now_ms');
    const readAtMs = recordedAt[Number(readText(event.data, 'read_position')) - 1] ?? -Infinity;
    if (nowMs >= readAtMs - tolerance && nowMs <= event.recordedAtMs + tolerance) return [];
    return off(event, `it was taken at ${nowMs}, after what was stored at ${readAtMs} and before ${event.recordedAtMs}`);
  }

  function judgeCommand(event: LogEvent): Violation[] {
    const issuedAtMs = Date.parse(readText(event.data, 'issued_at'));
    if (!(issuedAtMs > event.recordedAtMs + tolerance)) return [];
    return off(event, `it was issued ${issuedAtMs - event.recordedAtMs} ms after it was stored`);
  }

  return {
    observe(event) {
      recordedAt[event.position - 1] = event.recordedAtMs;
      switch (event.type) {
        case 'ErrorReported':
          return judgeReport(event);
        case 'DecisionMade':
          return judgeDecision(event);
        case 'FixCommanded':
          return judgeCommand(event);
        default:
          return [];
      }
    },
  };
}
