import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '#libs/contracts';
import type { Servers } from '../installation/installation.ts';
import type { Reporter } from './reporter.ts';

/** Of so few a tenth is one: two that fail within minutes are both acted upon. */
const OF_SO_FEW = { blast_radius_share: 1 };

/** Each agent and the services beside it, and what the guards go by where that isn't their default. Answers the file. */
export function writeReporterCatalogue({ dir }: Servers, cast: readonly Reporter[], limits: JsonObject = OF_SO_FEW): string {
  const file = join(dir, 'catalogue.yaml');
  const agents = cast.map(({ agentId }) => ({ id: agentId, class: 'service' }));
  const services = cast.flatMap((reporter) =>
    reporter.services.map(({ id, url }) => ({
      id,
      probe_url: `${url}/health`,
      single_replica: true,
      owner_agent: reporter.agentId,
      autonomy: 'auto',
    })),
  );
  writeFileSync(file, stringify({ agents, services, policy: [{ settings: limits }] }));
  return file;
}
