import { join } from 'node:path';
import type { AgentAddress } from '#libs/contracts';
import { EffectLedger } from '#libs/testing';
import { runRounds } from '../../test/system/in-parallel.ts';
import { Installation, type Servers } from '../installation/installation.ts';
import { RAISED_LIMITS } from '../agents/raised-limits.ts';
import { HealthBoard } from '../agents/health-board.ts';
import { writeCatalogue } from '../agents/write-catalogue.ts';
import { ScriptedAgent } from './scripted-agent.ts';
import { type Misbehaviour, MISBEHAVIOURS } from './scripts.ts';

/** One agent, the service that it answers for, and how it behaves. */
export interface Part {
  readonly behaviour: Misbehaviour;
  readonly agent: ScriptedAgent;
}

/** Each agent has a consumer, which NATS makes one after the other. */
const READY_WITHIN_MS = 240_000;
/** The server waits 2 s for a credential, which hundreds of connections of one process don't show in time. */
const CONNECT_AT_ONCE = 10;

/** A real installation with many agents, each with a credential of its own, of whom none behaves. */
export class Stage {
  private constructor(
    readonly installation: Installation,
    readonly cast: readonly Part[],
    private readonly board: HealthBoard,
  ) {}

  /** @param each agents of each kind */
  static async open(each: number, behaviours: readonly Misbehaviour[] = MISBEHAVIOURS): Promise<Stage> {
    const board = await HealthBoard.open();
    const names = behaviours.flatMap((behaviour, kind) =>
      Array.from({ length: each }, (_, n) => ({ behaviour, agentId: `agent-${kind}-${n}`, serviceId: `service-${kind}-${n}` })),
    );
    const owners = new Map(names.map(({ agentId, serviceId }) => [agentId, [serviceId]]));
    const cast: Part[] = [];
    const installation = await Installation.start({
      agents: names.map(({ agentId }) => ({ agentClass: 'service' as const, agentId })),
      readyWithinMs: READY_WITHIN_MS,
      writeCatalogue: (servers) => {
        for (const { behaviour, ...ids } of names)
          cast.push({ behaviour, agent: createAgent(servers, board, { behaviour, ...ids }) });
        return writeCatalogue(servers.dir, board, { owners, limits: RAISED_LIMITS });
      },
    });
    const stage = new Stage(installation, cast, board);
    for (const { serviceId } of names) board.set(serviceId, true);
    await runRounds(cast.length, CONNECT_AT_ONCE, async (index) => cast[index]?.agent.start());
    return stage;
  }

  async close(): Promise<void> {
    await Promise.all(this.cast.map(({ agent }) => agent.stop()));
    await this.board.close();
    await this.installation.stop();
  }
}

interface Names {
  readonly behaviour: Misbehaviour;
  readonly agentId: string;
  readonly serviceId: string;
}

function createAgent(
  { dir, nats, tenant }: Servers,
  board: HealthBoard,
  { behaviour, agentId, serviceId }: Names,
): ScriptedAgent {
  const address: AgentAddress = { tenant, agentClass: 'service', agentId };
  const { script } = behaviour;
  const effects = new EffectLedger(join(dir, 'effects', `${agentId}.log`), agentId);
  return new ScriptedAgent({ natsUrl: nats.url, nkeySeed: nats.seed(agentId), address, serviceId, board, script, effects });
}
