import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EffectLedger, MessageRelay, type RelayPlan, type Violation, waitUntil } from '#libs/testing';
import { HealthBoard } from '../agents/health-board.ts';
import { RAISED_LIMITS } from '../agents/raised-limits.ts';
import { writeCatalogue } from '../agents/write-catalogue.ts';
import { BEAT_MS } from '../agents/agent-wire.ts';
import { checkInstallation } from '../installation/check-installation.ts';
import { Installation } from '../installation/installation.ts';
import { LogWatch } from '../installation/log-watch.ts';
import { HistoryAgent } from './history-agent.ts';
import type { Act } from './history.ts';
import { type Outcome, readOutcome } from './read-outcome.ts';

export interface Performance {
  readonly outcome: Outcome;
  readonly relayed: MessageRelay['counts'];
  readonly violations: readonly Violation[];
}

/** The time-outs of a fix that was never acknowledged in time, and then some. */
const WITHIN_MS = 240_000;
const ALL_SPOKEN_OF = `SELECT WHERE (SELECT count(DISTINCT stream) FROM events WHERE type = 'ServiceStateChanged')
  >= (SELECT count(*) FROM events WHERE type = 'ServiceRegistered')`;
const ALL_ENDED = `SELECT WHERE (SELECT count(DISTINCT payload::jsonb->>'incident_id') FROM events
  WHERE type IN ('IncidentResolved', 'IncidentEscalated')) >= $1`;

/** Plays a history on an installation of its own, with a relay between each agent and the server, and tells what came of it. */
export async function playHistory(history: readonly Act[], planFor?: (tenant: string) => RelayPlan): Promise<Performance> {
  const stage = await Stage.open(history);
  try {
    if (planFor !== undefined) stage.relay.plan = planFor(stage.tenant);
    await stage.play(history);
    return await stage.judge();
  } finally {
    await stage.close();
  }
}

class Stage {
  private readonly log: LogWatch;

  private constructor(
    private readonly installation: Installation,
    readonly relay: MessageRelay,
    private readonly board: HealthBoard,
    private readonly agents: ReadonlyMap<string, HistoryAgent>,
  ) {
    this.log = new LogWatch(installation.logUrl);
  }

  static async open(history: readonly Act[]): Promise<Stage> {
    const board = await HealthBoard.open();
    const ids = [...new Set(history.map(({ agentId }) => agentId))];
    const actsOf = (id: string): Act[] => history.filter(({ agentId }) => agentId === id);
    const owners = new Map(ids.map((id) => [id, actsOf(id).map(({ serviceId }) => serviceId)]));
    const installation = await Installation.start({
      agents: ids.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      writeCatalogue: ({ dir }) => writeCatalogue(dir, board, { owners, limits: RAISED_LIMITS }),
    });
    const { dir, nats, tenant } = installation.servers;
    const relay = await MessageRelay.start(nats.url);
    const agents = new Map<string, HistoryAgent>();
    for (const agentId of ids) {
      const effects = new EffectLedger(join(dir, 'effects', `${agentId}.log`), agentId);
      const address = { tenant, agentClass: 'service' as const, agentId };
      const options = { natsUrl: relay.url, nkeySeed: nats.seed(agentId), address, acts: actsOf(agentId), board, effects };
      agents.set(agentId, await HistoryAgent.start(options));
    }
    return new Stage(installation, relay, board, agents);
  }

  get tenant(): string {
    return this.installation.servers.tenant;
  }

  async play(history: readonly Act[]): Promise<void> {
    await this.log.until(ALL_SPOKEN_OF, [], WITHIN_MS, 250);
    const beganAtMs = performance.now();
    for (const act of history) {
      await sleep(Math.max(0, beganAtMs + act.atMs - performance.now()));
      this.agents.get(act.agentId)?.play(act);
    }
    // Those that never end are told by the comparison.
    await this.log.until(ALL_ENDED, [history.length], WITHIN_MS, 250).catch(() => undefined);
  }

  /** Once everything that is under way has arrived, and each agent has said how its services are. */
  async judge(): Promise<Performance> {
    this.relay.plan = () => undefined;
    await waitUntil(() => this.relay.pending === 0);
    await sleep(2 * BEAT_MS);
    const head = await this.log.awaitReaders();
    const ledgers = [...this.agents.values()].map(({ ledger }) => ledger);
    const options = { everyReport: true, everyFixEnded: true, readThrough: head };
    return {
      outcome: await readOutcome(this.log),
      relayed: { ...this.relay.counts },
      violations: await checkInstallation(this.installation, { ledgers, options }),
    };
  }

  async close(): Promise<void> {
    await Promise.all([...this.agents.values()].map((agent) => agent.stop()));
    await this.relay.stop();
    await this.board.close();
    await this.log.close();
    await this.installation.stop();
  }
}
