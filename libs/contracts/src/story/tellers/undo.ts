import { formatDuration } from '../duration.ts';
import { explainReason } from '../reasons.ts';
import { plural, say, type Teller } from '../sentence.ts';

/** What is taken back, by whom, and how far it is. */
export const UNDO_TELLERS: Readonly<Record<string, Teller>> = {
  UndoBegun: (data) => {
    const steps = plural(data.texts('undoes').length, 'step');
    const requested = data.within('requested');
    const person = requested.find('actor');
    const why =
      person === undefined ? explainReason(data.text('reason_code')) : `${person} wants it: ${requested.text('reason')}`;
    return say('warn', `${data.text('strategy')} is undone, ${steps}, the last one first: ${why}`);
  },
  StepUndone: (data, memory) => {
    const took = data.number('duration_ms');
    const inTime = took === undefined ? '' : ` in ${formatDuration(took)}`;
    return say('act', `${memory.findOf(data).agent ?? 'the agent'} says that ${data.text('undoes')} is undone${inTime}`);
  },
  FixUndone: (data) => say('plain', `nothing of ${data.text('strategy')} is left`),
};
