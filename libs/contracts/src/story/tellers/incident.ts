import { formatDuration } from '../duration.ts';
import type { Fields } from '../fields.ts';
import { explainReason } from '../reasons.ts';
import { plural, say, type Teller } from '../sentence.ts';
import type { StoryMemory } from '../story-memory.ts';

export const INCIDENT_TELLERS: Readonly<Record<string, Teller>> = {
  IncidentOpened: (data) => {
    const [symptom, episode] = [data.within('evidence').text('symptom'), data.number('episode') ?? 1];
    return say('bad', `incident opened: ${data.text('severity')}, ${symptom} of ${data.text('target')}`, [
      episode > 1 ? `episode ${episode}: the same fault was there before` : undefined,
    ]);
  },
  IncidentGrew: (data) =>
    say('warn', `${plural(data.number('added') ?? 0, 'more report')} of the same fault, ${data.text('count')} in all`),
  IncidentHealing: (data) => say('act', `healing begins with ${data.text('strategy')}`),
  IncidentMitigated: (data) =>
    say('warn', `${data.text('claimed_by')} says that it is over; no independent check has confirmed that yet`),
  IncidentReopened: (data) => say('bad', `it was not over: ${explainReason(data.text('reason_code'))}`),
  IncidentResolved: (data, memory) => {
    const after = formatDuration(data.number('duration_ms') ?? 0);
    return say('good', `incident resolved ${after} after it began, ${howResolved(data, memory)}`);
  },
  IncidentEscalated: (data) => say('bad', `incident escalated, a person has to look: ${explainReason(data.text('reason_code'))}`),
};

function howResolved(data: Fields, memory: StoryMemory): string {
  const { attempts, verdict } = memory.findOf(data);
  if (attempts === 0) return 'without a fix';
  return verdict === 'superseded' ? 'without the help of its fix' : `by ${data.text('strategy')}`;
}
