import type { AgentClass } from '#libs/contracts';
import type { ErrorReported, ResultReported } from '../intake/intake.events.ts';
import { asRecorded, type Recorded } from '../platform/log/domain-event.ts';
import type { Projection, Row, RowOperation, Table } from '../platform/projections/projection.ts';
import type { CatalogueEvent } from './catalogue.events.ts';

type AgentEvent = Extract<CatalogueEvent, { type: `Agent${string}` }> | ErrorReported | ResultReported;

const agents: Table = {
  name: 'agents',
  kind: 'current',
  key: ['agent_id'],
  columns: {
    agent_id: 'text',
    agent_class: 'text',
    state: 'text',
    changed_at: 'timestamptz',
    reports: 'bigint',
    results: 'bigint',
    first_heard_at: 'timestamptz',
    last_heard_at: 'timestamptz',
  },
};

/** One row per agent: whether it is configured, and how much was heard of it. */
export const agentsProjection: Projection = {
  name: 'agents',
  version: 1,
  tables: [agents],
  types: ['AgentRegistered', 'AgentChanged', 'AgentRetired', 'ErrorReported', 'ResultReported'] satisfies AgentEvent['type'][],
  project: (stored) => asRecorded<AgentEvent>([stored]).map(toOperation),
};

function toOperation(event: Recorded<AgentEvent>): RowOperation {
  const at = event.recordedAt.toISOString();
  switch (event.type) {
    case 'AgentRegistered':
    case 'AgentChanged':
      return configure(event.data.id, { agent_class: event.data.class, state: 'registered', changed_at: at });
    case 'AgentRetired':
      return configure(event.data.id, { state: 'retired', changed_at: at });
    case 'ErrorReported':
      return hear(event.data.agent_id, { at, counts: { reports: 1, results: 0 }, agentClass: event.data.agent_class });
    case 'ResultReported':
      return hear(event.data.agent_id, { at, counts: { reports: 0, results: 1 }, agentClass: 'service' });
  }
}

const configure = (id: string, values: Row): RowOperation => ({
  kind: 'upsert',
  table: agents.name,
  key: { agent_id: id },
  values,
  add: { reports: 0, results: 0 },
});

/** One that nobody configured has no state. */
const hear = (
  id: string,
  { at, counts, agentClass }: { at: string; counts: { reports: number; results: number }; agentClass: AgentClass },
): RowOperation => ({
  kind: 'upsert',
  table: agents.name,
  key: { agent_id: id },
  values: { last_heard_at: at },
  initial: { agent_class: agentClass, state: 'unknown', first_heard_at: at },
  add: counts,
});
