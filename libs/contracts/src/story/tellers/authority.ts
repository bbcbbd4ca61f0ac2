import type { Fields } from '../fields.ts';
import { formatDuration } from '../duration.ts';
import { plural, say, type Teller } from '../sentence.ts';

const scopeOf = (data: Fields): string => {
  const scope = data.text('scope');
  if (scope === 'global') return 'all healing';
  const [, kind, name] = /^(service|strategy):(.*)$/s.exec(scope) ?? [];
  return `healing of ${kind === undefined ? scope : `${kind} ${name}`}`;
};

const until = (data: Fields): string => {
  const end = data.find('until');
  return end === undefined ? 'until a person ends it' : `until ${end}`;
};

/** What persons have said about acting, and what the fleet as a whole says. */
export const AUTHORITY_TELLERS: Readonly<Record<string, Teller>> = {
  HealingStopped: (data) => say('bad', `${scopeOf(data)} is stopped`, [data.find('reason')]),
  HealingResumed: (data) => say('good', `${scopeOf(data)} goes on`, [data.find('reason')]),
  PolicyChanged: (data) =>
    say('plain', `the guards go by other settings for ${data.text('scope')}`, [
      ...data
        .within('settings')
        .entries()
        .map(([name, value]) => `${name}: ${value}`),
      data.find('reason'),
    ]),
  FreezeBegun: (data) =>
    say('warn', `nothing is done in ${data.text('scope')} from ${data.text('from')} ${until(data)}`, [data.find('reason')]),
  FreezeEnded: (data) => say('plain', `the freeze ${data.text('freeze_id')} is over`, [data.find('reason')]),
  StormDetected: (data) =>
    say(
      'bad',
      `storm: ${data.text('failing_targets')} of ${data.text('all_targets')} services fail with ${data.text('symptom')} within ${formatDuration(data.number('window_ms') ?? 0)}; nothing more is done to them`,
    ),
  StormEnded: (data) => say('plain', `the storm of ${data.text('symptom')} is over: what is still broken is decided about again`),
  FleetSlotReserved: (data) =>
    say('plain', `a place of the fleet's limit ${data.text('limit')} is taken by ${data.text('fix_id')}`),
  FleetSlotReleased: (data) => say('plain', `a place of the fleet's limit ${data.text('limit')} is free again`),
  ApprovalRequested: (data) => {
    const action = data.within('action');
    const persons = plural(data.number('persons_required') ?? 1, 'person');
    return say(
      'warn',
      `${persons} must allow ${action.text('strategy')} on ${action.text('target')} until ${data.text('expires_at')}`,
      [`zantara approve ${data.text('fix_id')} --action ${data.text('action_sha256')} --reason "..."`],
    );
  },
  ApprovalGranted: (data) => say('good', `${data.text('approved_by')} allows it, as ${data.text('role')}`, [data.find('reason')]),
  ApprovalRejected: (data) =>
    say('bad', `${data.text('rejected_by')} does not allow it, as ${data.text('role')}`, [data.find('reason')]),
};
