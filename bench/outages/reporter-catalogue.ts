import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Servers } from '../installation/installation.ts';
import type { Reporter } from './reporter.ts';

/** Each agent and the service beside it. Answers the file. */
export function writeReporterCatalogue({ dir }: Servers, cast: readonly Reporter[]): string {
  const file = join(dir, 'catalogue.yaml');
  const agents = cast.map(({ agentId }) => ({ id: agentId, class: 'service' }));
  const services = cast.map(({ agentId, serviceId, serviceUrl }) => ({
    id: serviceId,
    probe_url: `${serviceUrl}/health`,
    single_replica: true,
    owner_agent: agentId,
    autonomy: 'auto',
  }));
  // Of so few a tenth is one: two that fail within minutes are both acted upon.
  const policy = [{ scope: 'global', settings: { blast_radius_share: 1 } }];
  writeFileSync(file, stringify({ policy, agents, services }));
  return file;
}
