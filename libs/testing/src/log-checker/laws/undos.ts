import type { CheckFrame } from '../evidence.ts';
import { readText, readTexts } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

const BAD_VERDICTS: ReadonlySet<string> = new Set(['recurred', 'regressed', 'inconclusive']);

/** The family of those that can be undone; a retry, a reload or a restart leaves nothing behind. */
const LEAVES_SOMETHING = 'patch/';

/** What a reversible fix has done and taken back. */
interface UndoTrace {
  /** Commands that its agent said to have carried out, in that order. */
  readonly confirmed: string[];
  /** Those for which an undo was commanded, in that order. */
  readonly commanded: string[];
  /** What was announced and isn't commanded yet. */
  announced: readonly string[];
  /** Nobody knows whether the latest command was carried out. */
  isUnknown: boolean;
  hasFailedCheck: boolean;
  isUndone: boolean;
}

/**
 * `undo-unfounded`: only what can be undone is, each undo names a command of its fix that was confirmed and announced to be undone, the
 * last one first, and none twice. `undo-missing`: a reversible fix whose check failed is undone whole before anything else is tried;
 * where it isn't, a person is told.
 */
export function createUndoLaw({ options }: CheckFrame): Law {
  const others: ReadonlySet<string> = new Set(options.reversible);
  const isReversible = ({ data }: LogEvent): boolean => {
    const strategy = readText(data, 'strategy');
    return strategy.startsWith(LEAVES_SOMETHING) || others.has(strategy);
  };
  const fixes = new Map<string, UndoTrace>();

  function find({ stream }: LogEvent): UndoTrace {
    const trace = fixes.get(stream) ?? {
      confirmed: [],
      commanded: [],
      announced: [],
      isUnknown: false,
      hasFailedCheck: false,
      isUndone: false,
    };
    fixes.set(stream, trace);
    return trace;
  }

  function judgeCommand(event: LogEvent): Violation[] {
    const [undoes, commandId] = [readText(event.data, 'undoes'), readText(event.data, 'command_id')];
    if (undoes === '') return [];
    const fix = find(event);
    const objection = isReversible(event) ? objectTo(fix, undoes) : 'its strategy has no way back';
    fix.commanded.push(undoes);
    fix.announced = fix.announced.slice(1);
    if (objection === undefined) return [];
    return [violation('undo-unfounded', `${commandId}: ${objection}`, { positions: [event.position], ids: [commandId] })];
  }

  function abandon(event: LogEvent): Violation[] {
    const { hasFailedCheck, isUndone, isUnknown, confirmed } = find(event);
    const fixId = readText(event.data, 'fix_id');
    if (!isReversible(event) || !hasFailedCheck) return [];
    // What was never done needs no undo, and where nobody knows only a person can tell.
    if (!isUnknown && (isUndone || confirmed.length === 0)) return [];
    const sentence = `the check of ${fixId} failed, it is not undone, and something else is tried`;
    return [violation('undo-missing', sentence, { positions: [event.position], ids: [fixId] })];
  }

  return {
    observe(event) {
      switch (event.type) {
        case 'FixExecuted':
          find(event).confirmed.push(readText(event.data, 'command_id'));
          find(event).isUnknown = false;
          return [];
        case 'OutcomeUnknown':
        case 'FixAttemptFailed':
          find(event).isUnknown = event.type === 'OutcomeUnknown';
          return [];
        case 'VerdictReached':
          find(event).hasFailedCheck = BAD_VERDICTS.has(readText(event.data, 'verdict'));
          return [];
        case 'UndoBegun':
          find(event).announced = readTexts(event.data, 'undoes');
          return [];
        case 'FixUndone':
          find(event).isUndone = true;
          return [];
        case 'FixCommanded':
          return judgeCommand(event);
        case 'FixAbandoned':
          return abandon(event);
        default:
          return [];
      }
    },
  };
}

function objectTo({ confirmed, commanded, announced }: UndoTrace, undoes: string): string | undefined {
  if (!confirmed.includes(undoes)) return `nobody said that ${undoes} was carried out`;
  if (commanded.includes(undoes)) return `${undoes} was to be undone before`;
  if (announced[0] !== undoes) return `${undoes} was not announced to be undone next`;
  const next = confirmed.findLast((step) => !commanded.includes(step));
  return next === undoes ? undefined : `${next} was carried out after ${undoes}`;
}
