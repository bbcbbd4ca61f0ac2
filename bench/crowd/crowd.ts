import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { JsonObject } from '#libs/contracts';
import { runRounds } from '../../test/system/in-parallel.ts';
import { Installation, type Servers } from '../installation/installation.ts';
import { HealthBoard } from '../misbehaviour/health-board.ts';
import { type Behaviour, CrowdAgent } from './crowd-agent.ts';

export interface CrowdOptions {
  /** The services of each agent, by its id. */
  readonly agents: ReadonlyMap<string, readonly string[]>;
  readonly behave: Behaviour;
  /** What the guards go by, where that isn't their default. */
  readonly limits: JsonObject;
  readonly reason: string;
}

const READY_WITHIN_MS = 240_000;
/** The server waits 2 s for a credential, which hundreds of connections of one process don't show in time. */
const CONNECT_AT_ONCE = 10;

/** A real installation, and agents in this process that answer for all that is in its catalogue. */
export class Crowd {
  private readonly byService: ReadonlyMap<string, CrowdAgent>;

  private constructor(
    readonly installation: Installation,
    readonly agents: readonly CrowdAgent[],
    private readonly board: HealthBoard,
  ) {
    this.byService = new Map(agents.flatMap((agent) => agent.serviceIds.map((id) => [id, agent] as const)));
  }

  static async open({ agents, behave, limits, reason }: CrowdOptions): Promise<Crowd> {
    const board = await HealthBoard.open();
    const ids = [...agents.keys()];
    const installation = await Installation.start({
      agents: ids.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      readyWithinMs: READY_WITHIN_MS,
      writeCatalogue: (servers) => writeCatalogue(servers, board, agents),
    });
    await changePolicy(installation, limits, reason);
    const started = await runRounds(ids.length, CONNECT_AT_ONCE, (index) => {
      const agentId = ids[index] ?? '';
      const { nats, tenant } = installation.servers;
      const address = { tenant, agentClass: 'service', agentId } as const;
      const serviceIds = agents.get(agentId) ?? [];
      return CrowdAgent.start({ natsUrl: nats.url, nkeySeed: nats.seed(agentId), address, serviceIds, board, behave });
    });
    return new Crowd(installation, started, board);
  }

  agentOf(serviceId: string): CrowdAgent {
    const agent = this.byService.get(serviceId);
    if (agent === undefined) throw new Error(`nobody answers for ${serviceId}`);
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await this.board.close();
    await this.installation.stop();
  }
}

function writeCatalogue({ dir }: Servers, board: HealthBoard, owners: CrowdOptions['agents']): string {
  const file = join(dir, 'catalogue.yaml');
  const agents = [...owners.keys()].map((id) => ({ id, class: 'service' }));
  const services = [...owners].flatMap(([owner_agent, ids]) =>
    ids.map((id) => ({ id, probe_url: board.urlOf(id), single_replica: true, owner_agent, autonomy: 'auto' })),
  );
  writeFileSync(file, stringify({ agents, services }));
  return file;
}

/** As a person does who may. */
async function changePolicy({ url, servers }: Installation, settings: JsonObject, reason: string): Promise<void> {
  const key = readFileSync(join(servers.keyDir, 'admin.key'), 'utf8').trim();
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };
  const body = JSON.stringify({ scope: 'global', settings, reason });
  const answer = await fetch(`${url}/api/policy`, { method: 'POST', headers, body });
  if (!answer.ok) throw new Error(`the policy was not changed: ${answer.status} ${await answer.text()}`);
}
