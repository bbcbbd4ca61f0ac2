import { formatDuration } from '../duration.ts';
import type { Fields } from '../fields.ts';
import type { StoryMemory } from '../story-memory.ts';
import { explainReason } from '../reasons.ts';
import { plural, say, type Sentence, type Teller } from '../sentence.ts';

/** Of the last words of a service that didn't start. */
const LAST_LINES = 3;

const agentOf = (data: Fields, memory: StoryMemory): string => memory.findOf(data).agent ?? 'the agent';

export const FIX_TELLERS: Readonly<Record<string, Teller>> = {
  FixObserved: (data) =>
    say(
      'plain',
      `fix ${data.text('fix_id')} begins: ${data.text('strategy')} of ${data.text('target')} by ${data.text('agent_id')}`,
    ),
  FixCommanded: tellCommand,
  FixAcknowledged: (data, memory) => say('plain', `${agentOf(data, memory)} has taken the command`),
  FixExecuted: tellExecuted,
  FixAttemptFailed: tellFailure,
  OutcomeUnknown: (data) =>
    say('warn', `nobody knows whether the command was carried out: ${explainReason(data.text('reason_code'))}`, [
      'it is not sent again; probes have to tell',
    ]),
  FixHealed: tellHealed,
  FixEscalated: (data) =>
    say(
      'bad',
      `the fix is given up after ${plural(data.number('attempts') ?? 0, 'attempt')}: ${explainReason(data.text('reason_code'))}`,
      data.texts('not_undone').map((command) => `not undone: ${command}`),
    ),
  FixAbandoned: (data) =>
    say(
      'warn',
      `${data.text('strategy')} did not help, and the next strategy is tried: ${explainReason(data.text('reason_code'))}`,
    ),
  FixWithdrawn: (data) => say('warn', `the check did not confirm that it is over: ${explainReason(data.text('reason_code'))}`),
  TimerSet: tellTimer,
  TimerFired: (data) => say('quiet', `timer ${data.text('name')} ${data.text('generation')} fires`),
  SlotReserved: (data) => say('quiet', `${data.text('target')} is reserved for fix ${data.text('fix_id')}`),
  SlotReleased: (data) => say('quiet', `${data.text('target')} is free for other fixes again`),
};

function tellCommand(data: Fields): Sentence {
  const [undoes, what] = [data.find('undoes'), `${data.text('strategy')} of ${data.text('target')}`];
  if (undoes !== undefined) return say('act', `${data.text('agent_id')} is told to undo ${undoes}: ${what}`);
  return say('act', `${data.text('agent_id')} is told: ${what}, attempt ${data.text('attempt')}`);
}

/** The event ends every fix whose fault is over, whether or not that was its doing: what probes found says which. */
function tellHealed(data: Fields, memory: StoryMemory): Sentence {
  const attempts = data.number('attempts') ?? 0;
  const how = `${data.text('strategy')}, ${plural(attempts, 'attempt')}`;
  if (attempts === 0) return say('good', 'it is over, and nothing had to be done');
  switch (memory.findOf(data).verdict) {
    case 'verified':
      return say('good', `the fix has healed it: ${how}`);
    case 'superseded':
      return say('good', `it is over, and the fix did not do it: ${how} that did not help`);
    default:
      return say('good', `it is over: ${how}`);
  }
}

/** Nothing is said of a timer but where one makes the next attempt wait. */
function tellTimer(data: Fields, _memory: StoryMemory, recordedAt: string): Sentence {
  const reason = data.find('reason_code');
  if (reason === undefined)
    return say('quiet', `timer ${data.text('name')} ${data.text('generation')} is set for ${data.text('due_at')}`);
  const waitMs = Date.parse(data.text('due_at')) - Date.parse(recordedAt);
  return say('warn', `the next attempt waits${waitMs > 0 ? ` ${formatDuration(waitMs)}` : ''}: ${explainReason(reason)}`);
}

function tellExecuted(data: Fields, memory: StoryMemory): Sentence {
  const [took, pid] = [data.number('duration_ms'), data.within('evidence').find('started_pid')];
  const inTime = took === undefined ? '' : ` in ${formatDuration(took)}`;
  return say('act', `${agentOf(data, memory)} says that it is done${inTime}${pid === undefined ? '' : ` (new process ${pid})`}`);
}

function tellFailure(data: Fields): Sentence {
  const detail = data.find('detail');
  const lines = data.within('evidence').texts('last_log_lines_after').slice(-LAST_LINES);
  return say('bad', `attempt ${data.text('attempt')} failed: ${explainReason(data.text('reason_code'))}`, [
    detail,
    ...lines.map((line) => `its last words: ${line}`),
  ]);
}
