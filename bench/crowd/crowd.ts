import { join } from 'node:path';
import type { JsonObject } from '#libs/contracts';
import { EffectLedger } from '#libs/testing';
import { runRounds } from '../../test/system/in-parallel.ts';
import { secretOf } from '../agents/planted-secret.ts';
import { HealthBoard } from '../agents/health-board.ts';
import { writeCatalogue } from '../agents/write-catalogue.ts';
import { Installation, type InstallationOptions } from '../installation/installation.ts';
import { type Behaviour, CrowdAgent } from './crowd-agent.ts';

export interface CrowdOptions {
  /** The services of each agent, by its id. */
  readonly agents: ReadonlyMap<string, readonly string[]>;
  readonly behave: Behaviour;
  /** What the guards go by, where that isn't their default. */
  readonly limits: JsonObject;
  /** Each agent lets a secret of its own slip. */
  readonly plantsSecrets?: boolean;
  /** Orchestrators; one unless told. */
  readonly installation?: Pick<InstallationOptions, 'replicas' | 'describeReplica'>;
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

  static async open({ agents, behave, limits, plantsSecrets, installation: special }: CrowdOptions): Promise<Crowd> {
    const board = await HealthBoard.open();
    const ids = [...agents.keys()];
    const installation = await Installation.start({
      ...special,
      agents: ids.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      readyWithinMs: READY_WITHIN_MS,
      writeCatalogue: ({ dir }) => writeCatalogue(dir, board, { owners: agents, limits }),
    });
    const started = await runRounds(ids.length, CONNECT_AT_ONCE, (index) => {
      const agentId = ids[index] ?? '';
      const { dir, nats, tenant } = installation.servers;
      const address = { tenant, agentClass: 'service', agentId } as const;
      const serviceIds = agents.get(agentId) ?? [];
      const effects = new EffectLedger(join(dir, 'effects', `${agentId}.log`), agentId);
      const secret = plantsSecrets === true ? secretOf(agentId) : undefined;
      const place = { natsUrl: nats.url, nkeySeed: nats.seed(agentId), address, serviceIds };
      return CrowdAgent.start({ ...place, board, behave, effects, secret });
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
