import { formatDuration, isServiceSummary, type ServiceSummary, toneOfState } from '#libs/contracts';
import { ApiClient } from '../http/api-client.ts';
import { parsePage } from '../http/answers.ts';
import type { Column } from '../output/column.ts';
import { writePage } from '../output/write-page.ts';
import type { Terminal } from '../terminal.ts';
import type { GlobalOptions } from './options.ts';

export interface ListServicesOptions extends GlobalOptions {
  asOf?: string;
}

export async function listServices(terminal: Terminal, options: ListServicesOptions): Promise<void> {
  const page = parsePage(await new ApiClient(options).get('/api/services', { asOf: options.asOf }), isServiceSummary);
  await writePage(terminal, page, {
    format: options.output,
    columns: columnsAt(terminal.nowMs()),
    whenEmpty: 'the catalogue is empty: name services in the file that CATALOGUE_FILE points to',
    more: (next) => `there are more: ${next}`,
  });
}

const columnsAt = (nowMs: number): Column<ServiceSummary>[] => [
  { name: 'service', raw: (service) => service.service_id },
  { name: 'state', raw: (service) => service.state, tone: (service) => toneOfState(service.state) },
  {
    name: 'since',
    title: 'for',
    raw: (service) => service.since,
    shown: ({ since }) => (since === null ? '' : formatDuration(nowMs - Date.parse(since))),
  },
  { name: 'pid', raw: (service) => service.pid },
  { name: 'owner_agent', title: 'agent', raw: (service) => service.owner_agent },
  { name: 'autonomy', raw: (service) => service.autonomy },
  { name: 'critical', raw: (service) => (service.critical ? 'yes' : 'no') },
  { name: 'replicas', raw: (service) => service.replicas },
  { name: 'depends_on', title: 'depends on', raw: (service) => service.depends_on.join(' ') },
  { name: 'probe_url', title: 'probed at', raw: (service) => service.probe_url },
];
