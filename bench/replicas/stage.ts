import { runRounds } from '../../test/system/in-parallel.ts';
import { HealthBoard } from '../agents/health-board.ts';
import { RESTLESS_LIMITS } from '../agents/raised-limits.ts';
import { loadSignatureCheck } from '../agents/signature-check.ts';
import { writeCatalogue } from '../agents/write-catalogue.ts';
import { Random } from '#libs/testing';
import { Installation } from '../installation/installation.ts';
import { WitnessAgent } from './witness-agent.ts';

export interface StageOptions {
  readonly replicas: number;
  readonly targets: number;
  readonly seed: number;
}

const SERVICES_EACH = 10;
const READY_WITHIN_MS = 240_000;
const CONNECT_AT_ONCE = 10;
const LONGEST_WORK_MS = 1_500;

/** A real installation with several orchestrators, and agents that note what they are sent. */
export class Stage {
  private readonly byService: ReadonlyMap<string, WitnessAgent>;

  private constructor(
    readonly installation: Installation,
    readonly agents: readonly WitnessAgent[],
    readonly targets: readonly string[],
    private readonly board: HealthBoard,
  ) {
    this.byService = new Map(agents.flatMap((agent) => agent.serviceIds.map((id) => [id, agent] as const)));
  }

  static async open({ replicas, targets: count, seed }: StageOptions): Promise<Stage> {
    const board = await HealthBoard.open();
    const targets = Array.from({ length: count }, (_, n) => `service-${n}`);
    const owners = new Map<string, string[]>();
    for (const [n, id] of targets.entries()) {
      const agentId = `agent-${Math.floor(n / SERVICES_EACH)}`;
      owners.set(agentId, [...(owners.get(agentId) ?? []), id]);
    }
    const ids = [...owners.keys()];
    const installation = await Installation.start({
      replicas,
      agents: ids.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      readyWithinMs: READY_WITHIN_MS,
      writeCatalogue: ({ dir }) => writeCatalogue(dir, board, { owners, limits: RESTLESS_LIMITS }),
    });
    const { nats, tenant, keyDir } = installation.servers;
    const verifySignature = loadSignatureCheck(keyDir);
    const agents = await runRounds(ids.length, CONNECT_AT_ONCE, (index) => {
      const agentId = ids[index] ?? '';
      const random = Random.of(seed, agentId);
      return WitnessAgent.start({
        natsUrl: nats.url,
        nkeySeed: nats.seed(agentId),
        address: { tenant, agentClass: 'service', agentId },
        serviceIds: owners.get(agentId) ?? [],
        board,
        verifySignature,
        workMs: () => LONGEST_WORK_MS * random.fraction(),
      });
    });
    return new Stage(installation, agents, targets, board);
  }

  agentOf(target: string): WitnessAgent {
    const agent = this.byService.get(target);
    if (agent === undefined) throw new Error(`nobody answers for ${target}`);
    return agent;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.stop()));
    await this.board.close();
    await this.installation.stop();
  }
}
