import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { CheckFrame } from '../evidence.ts';
import type { Violation } from '../violation.ts';
import { type FixPhase, isEnded, moveFix } from './fix-move-table.ts';

interface FixTrace {
  phase: FixPhase;
  attempt: number;
  commandId: string;
  wasRevoked: boolean;
  lastPosition: number;
}

/** Events that speak of the command under way, and of no other. */
const OF_A_COMMAND: ReadonlySet<string> = new Set(['FixAcknowledged', 'FixExecuted', 'FixAttemptFailed', 'OutcomeUnknown']);

/** `illegal-fix-move`: a fix moves only as its table says. `open-saga`: nothing is under way when all is quiet. */
export function createFixMoveLaw({ options }: CheckFrame): Law {
  const fixes = new Map<string, FixTrace>();
  return {
    observe(event) {
      if (!event.stream.startsWith('fix-')) return [];
      const fix = fixes.get(event.stream) ?? { phase: 'none', attempt: 0, commandId: '', wasRevoked: false, lastPosition: 0 };
      fixes.set(event.stream, fix);
      return follow(fix, event);
    },
    finish() {
      if (options.quiescent !== true) return [];
      return [...fixes].flatMap(([stream, { phase, lastPosition }]) =>
        isEnded(phase)
          ? []
          : [violation('open-saga', `${stream} is still ${phase}`, { positions: [lastPosition], ids: [stream] })],
      );
    },
  };
}

/** After an illegal move the trace stays where it was, so that one wrong event is found once. */
function follow(fix: FixTrace, event: LogEvent): Violation[] {
  const objection = objectTo(fix, event);
  if (objection !== undefined)
    return [violation('illegal-fix-move', objection, { positions: [event.position], ids: [event.stream] })];
  fix.lastPosition = event.position;
  fix.phase = moveFix(fix.phase, event.type, event.data) ?? fix.phase;
  if (event.type === 'VerdictRevoked') fix.wasRevoked = true;
  if (event.type === 'FixCommanded') {
    fix.attempt += 1;
    fix.commandId = readText(event.data, 'command_id');
  }
  return [];
}

function objectTo(fix: FixTrace, { stream, type, data }: LogEvent): string | undefined {
  if (stream !== `fix-${readText(data, 'fix_id')}`) return `${type} of ${readText(data, 'fix_id')} stands in ${stream}`;
  if (moveFix(fix.phase, type, data) === undefined) return `${type} while the fix is ${fix.phase}`;
  if (type === 'FixCommanded' && readNumber(data, 'attempt') !== fix.attempt + 1)
    return `attempt ${readNumber(data, 'attempt')} follows attempt ${fix.attempt}`;
  if (OF_A_COMMAND.has(type) && readText(data, 'command_id') !== fix.commandId)
    return `${type} speaks of ${readText(data, 'command_id')} while ${fix.commandId} is under way`;
  if (type === 'VerdictRevoked' && fix.wasRevoked) return 'a success is taken back twice';
  return undefined;
}
