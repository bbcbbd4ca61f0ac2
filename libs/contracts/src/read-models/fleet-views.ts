import { count, flag, position, required, text, time, type View } from './view.ts';

const services: View = {
  name: 'services',
  path: 'services',
  projections: ['services'],
  about: 'One row per service of the catalogue: what is configured, and what its own agent says of it.',
  columns: {
    service_id: required(text('Its name.')),
    state: text('What its agent says; `unknown` when it is silent.'),
    since: time('Since when.'),
    pid: count('Of its process.'),
    probe_url: text('Where the orchestrator asks for itself how it is.'),
    replicas: count('How many run.'),
    critical: flag('Marked so in the catalogue.'),
    autonomy: text('`off`, `shadow`, `ask` or `auto`: what may be done without a person.'),
    owner_agent: text('Who heals it.'),
    depends_on: { kind: 'names', about: 'Services that it needs.' },
    from_pos: position('Of the event that made it what it is.'),
  },
  order: ['service_id'],
  filters: ['state', 'owner_agent'],
  past: 'rows',
};

const agents: View = {
  name: 'agents',
  path: 'agents',
  projections: ['agents'],
  about: 'One row per agent: whether it is configured, and how much was heard of it.',
  columns: {
    agent_id: required(text('Its name.')),
    agent_class: text('`browser`, `service` or `workspace`.'),
    state: text('`registered`, `retired`, or `unknown` of one that nobody configured.'),
    changed_at: time('When its configuration last changed.'),
    reports: count('Reports that the log holds of it.'),
    results: count('Results of commands that the log holds of it.'),
    first_heard_at: time('When the log took in the first of them.'),
    last_heard_at: time('When the log took in the latest of them.'),
  },
  order: ['agent_id'],
  filters: ['state', 'agent_class'],
};

export const fleetViews: readonly View[] = [services, agents];
