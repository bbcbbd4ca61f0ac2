import { formatDuration } from '../duration.ts';
import type { Fields } from '../fields.ts';
import { explainReason } from '../reasons.ts';
import { plural, say, type Teller } from '../sentence.ts';

const KINDS: Readonly<Record<string, string>> = { service: 'service', agent: 'agent', storm: 'a storm of' };

/** `service:rag` in words. */
function describeRoot(data: Fields): string {
  const root = data.text('root');
  const [kind = '', ...name] = root.split(':');
  const words = KINDS[kind];
  return words === undefined ? root : `${words} ${name.join(':')}`;
}

export const ESCALATION_TELLERS: Readonly<Record<string, Teller>> = {
  EscalationRaised: (data) =>
    say('bad', `a person is needed for ${describeRoot(data)}: ${explainReason(data.text('reason_code'))}`, [
      `escalation ${data.text('escalation_id')}`,
    ]),
  EscalationJoined: (data) =>
    say('warn', `${describeRoot(data)} is behind it, for which a person is needed already (${data.text('escalation_id')})`),
  EscalationClosed: (data) =>
    say('good', `no person is needed for ${describeRoot(data)} any more, after ${formatDuration(data.number('open_ms') ?? 0)}`),
  NotificationStarted: (data) => say('plain', `the webhook is called, attempt ${data.text('attempt')}`),
  NotificationSent: (data) => say('act', `somebody was told over the webhook (status ${data.text('status')})`),
  NotificationFailed: (data) => {
    const next = data.find('next_at');
    const then = next === undefined ? '' : `; tried again at ${next}`;
    return say('warn', `nobody could be told over the webhook: ${explainReason(data.text('reason_code'))}${then}`);
  },
  NotificationGivenUp: (data) =>
    say('bad', `the webhook is given up after ${plural(data.number('attempts') ?? 0, 'attempt')}`, [
      'GET /api/escalations lists it all the same',
    ]),
  NotificationRequested: (data) => say('act', `a person has it sent again: ${data.text('reason')}`),
};
