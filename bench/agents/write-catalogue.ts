import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '#libs/contracts';
import type { HealthBoard } from './health-board.ts';

/** A catalogue of services on the board, each with the agent that owns it, which may be restarted without asking anybody. */
export function writeCatalogue(
  dir: string,
  board: HealthBoard,
  { owners, limits }: { owners: ReadonlyMap<string, readonly string[]>; limits: JsonObject },
): string {
  const file = join(dir, 'catalogue.yaml');
  const agents = [...owners.keys()].map((id) => ({ id, class: 'service' }));
  const services = [...owners].flatMap(([owner_agent, ids]) =>
    ids.map((id) => ({ id, probe_url: board.urlOf(id), single_replica: true, owner_agent, autonomy: 'auto' })),
  );
  writeFileSync(file, stringify({ agents, services, policy: [{ settings: limits }] }));
  return file;
}
