import { type IncidentDetail, isIncidentSummary, type TimelineEntry, toSafeJson } from '#libs/contracts';
import { NoIncidentError, UsageError } from '../cli.errors.ts';
import { ApiClient } from '../http/api-client.ts';
import { parseIncidentDetail, parsePage } from '../http/answers.ts';
import type { Column } from '../output/column.ts';
import { EVENT_COLUMNS } from '../output/event-columns.ts';
import { writeItems } from '../output/write-items.ts';
import { renderIncident } from '../output/render-incident.ts';
import { createStyle } from '../output/style.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface ShowIncidentOptions extends GlobalOptions {
  latest?: boolean;
  all?: boolean;
  asOf?: string;
}

export async function showIncident(
  terminal: Terminal,
  incidentId: string | undefined,
  options: ShowIncidentOptions,
): Promise<void> {
  const client = new ApiClient(options);
  const id = await resolveId(client, incidentId, options.latest === true);
  const incident = parseIncidentDetail(await client.get(`/api/incidents/${encodeURIComponent(id)}`, { asOf: options.asOf }));
  await write(terminal, incident, options);
}

async function resolveId(client: ApiClient, incidentId: string | undefined, isLatest: boolean): Promise<string> {
  if (incidentId !== undefined) return incidentId;
  if (!isLatest) throw new UsageError('which incident?', 'Give its id (`zantara incidents list`), or --latest.');
  const { items } = parsePage(await client.get('/api/incidents', { limit: 1 }), isIncidentSummary);
  const [newest] = items;
  if (newest === undefined) throw new NoIncidentError();
  return newest.incident_id;
}

async function write(terminal: Terminal, incident: IncidentDetail, { output, all }: ShowIncidentOptions): Promise<void> {
  if (output === 'json') return terminal.out(toSafeJson(incident, 2));
  if (output !== 'table') return writeItems(terminal, incident.timeline, { format: output, columns: TIMELINE_COLUMNS });
  const lines = renderIncident(incident, {
    style: createStyle(terminal.isColoured),
    nowMs: terminal.nowMs(),
    isComplete: all === true,
  });
  terminal.out(lines.join('\n'));
}

const TIMELINE_COLUMNS: readonly Column<TimelineEntry>[] = [
  ...EVENT_COLUMNS,
  { name: 'since_opened_ms', raw: (entry) => entry.since_opened_ms },
  { name: 'since_previous_ms', raw: (entry) => entry.since_previous_ms },
  { name: 'caused_by', raw: (entry) => entry.caused_by },
];
