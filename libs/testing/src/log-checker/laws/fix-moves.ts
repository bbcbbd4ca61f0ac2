import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { CheckFrame } from '../evidence.ts';
import type { Violation } from '../violation.ts';
import { isEnded, moveFix } from './fix-move-table.ts';
import { applyToTrace, beginTrace, type FixTrace, isWaiting } from './fix-trace.ts';

/** Events that speak of the command under way, and of no other. */
const OF_A_COMMAND: ReadonlySet<string> = new Set([
  'FixAcknowledged',
  'FixExecuted',
  'FixAttemptFailed',
  'OutcomeUnknown',
  'StepUndone',
]);

/**
 * `illegal-fix-move`: a fix moves only as its table says. `open-saga`: when all is quiet a fix has ended or waits for a timer
 * that is still to fire; where every fix must have ended, only a check of somebody's word may wait, which is planned for minutes later.
 */
export function createFixMoveLaw({ options, readAtMs }: CheckFrame): Law {
  const fixes = new Map<string, FixTrace>();
  const isSettled = (fix: FixTrace): boolean => {
    if (isEnded(fix.phase)) return true;
    if (options.everyFixEnded === true) return fix.phase === 'confirming' && isWaiting(fix, readAtMs);
    return options.quiescent !== true || isWaiting(fix, readAtMs);
  };
  return {
    observe(event) {
      if (!event.stream.startsWith('fix-')) return [];
      const fix = fixes.get(event.stream) ?? beginTrace();
      fixes.set(event.stream, fix);
      return follow(fix, event);
    },
    finish() {
      const open = [...fixes].filter(([, fix]) => !isSettled(fix));
      return open.map(([stream, { phase, lastPosition }]) =>
        violation('open-saga', `${stream} is still ${phase}`, { positions: [lastPosition], ids: [stream] }),
      );
    },
  };
}

/** After an illegal move the trace stays where it was, so that one wrong event is found once. */
function follow(fix: FixTrace, event: LogEvent): Violation[] {
  const phase = moveFix(fix.phase, event.type, event.data);
  const objection = phase === undefined ? `${event.type} while the fix is ${fix.phase}` : objectTo(fix, event);
  if (phase !== undefined && objection === undefined) applyToTrace(fix, phase, event);
  if (objection === undefined) return [];
  return [violation('illegal-fix-move', objection, { positions: [event.position], ids: [event.stream] })];
}

function objectTo(fix: FixTrace, { stream, type, data }: LogEvent): string | undefined {
  if (stream !== `fix-${readText(data, 'fix_id')}`) return `${type} of ${readText(data, 'fix_id')} stands in ${stream}`;
  const isAttempt = type === 'FixCommanded' && readText(data, 'undoes') === '';
  if (isAttempt && readNumber(data, 'attempt') !== fix.attempt + 1)
    return `attempt ${readNumber(data, 'attempt')} follows attempt ${fix.attempt}`;
  if (OF_A_COMMAND.has(type) && readText(data, 'command_id') !== fix.commandId)
    return `${type} speaks of ${readText(data, 'command_id')} while ${fix.commandId} is under way`;
  if (type === 'VerdictRevoked' && fix.wasRevoked) return 'a success is taken back twice';
  return undefined;
}
