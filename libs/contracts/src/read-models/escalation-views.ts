import { count, required, text, time, type View } from './view.ts';

const escalations: View = {
  name: 'escalations',
  path: 'escalations',
  projections: ['escalations'],
  about: 'One row per escalation: what a person has to look at, once for each root cause, and whether somebody was told.',
  columns: {
    escalation_id: required(text('Its name.')),
    root: text('What is behind it: `service:…`, `agent:…` or `storm:…`.'),
    kind: text('`service`, `agent` or `storm`.'),
    service: text('The service that showed it first.'),
    state: text('`open` or `closed`.'),
    reason_code: text('Why it was raised; a stable code.'),
    incidents: count('Incidents in it.'),
    opened_at: time('When it was raised.'),
    closed_at: time('When everything in it was over.'),
    notified_at: time('When the webhook last took it.'),
    attempts: count('How often the webhook was called.'),
    next_attempt_at: time('When it is called next; null where it is not.'),
  },
  order: ['opened_at', 'escalation_id'],
  filters: ['state', 'kind', 'service'],
};

export const escalationViews: readonly View[] = [escalations];
