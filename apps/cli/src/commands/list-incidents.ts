import { formatDuration, type IncidentSummary, isIncidentSummary, toneOfState } from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parsePage } from '../http/answers.ts';
import type { Column } from '../output/column.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface ListIncidentsOptions extends GlobalOptions {
  state?: string;
  service?: string;
  limit: number;
  cursor?: string;
  asOf?: string;
}

export async function listIncidents(terminal: Terminal, options: ListIncidentsOptions): Promise<void> {
  const { state, service, limit, cursor, asOf } = options;
  const answer = await new ApiClient(options).get('/api/incidents', { state, service, limit, cursor, asOf });
  const page = parsePage(answer, isIncidentSummary);
  await writePage(terminal, page, {
    format: options.output,
    columns: columnsAt(terminal.nowMs()),
    whenEmpty: 'no incident fits; follow what happens with `zantara tail`',
    more: (next) => `there are more: add --cursor ${next}`,
  });
}

const columnsAt = (nowMs: number): Column<IncidentSummary>[] => [
  { name: 'incident', raw: (incident) => incident.incident_id },
  { name: 'state', raw: (incident) => incident.state, tone: (incident) => toneOfState(incident.state) },
  { name: 'service', raw: (incident) => incident.service },
  { name: 'severity', raw: (incident) => incident.severity },
  { name: 'error_type', title: 'fault', raw: (incident) => incident.error_type },
  { name: 'count', title: 'reports', raw: (incident) => incident.count },
  {
    name: 'opened_at',
    title: 'opened (UTC)',
    raw: (incident) => incident.opened_at,
    shown: ({ opened_at: at }) => shortTime(at),
  },
  { name: 'ended_at', title: 'lasted', raw: (incident) => incident.ended_at, shown: (incident) => durationOf(incident, nowMs) },
  { name: 'strategy', title: 'fix', raw: (incident) => incident.strategy },
  { name: 'reason_code', title: 'reason', raw: (incident) => incident.reason_code },
];

const shortTime = (iso: string): string => iso.slice(0, 19).replace('T', ' ');

function durationOf({ opened_at: openedAt, ended_at: endedAt }: IncidentSummary, nowMs: number): string {
  const endMs = endedAt === null ? nowMs : Date.parse(endedAt);
  return `${formatDuration(endMs - Date.parse(openedAt))}${endedAt === null ? ' so far' : ''}`;
}
