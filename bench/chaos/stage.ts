import { FaultProxy, PostgresTroubles } from '#libs/testing';
import { Installation, type Replica, type Servers } from '../installation/installation.ts';
import { createReporter, type Reporter, type WatchedService } from '../outages/reporter.ts';
import { writeReporterCatalogue } from '../outages/reporter-catalogue.ts';

export interface StageOptions {
  readonly replicas: number;
  /** Of all agents together, in a second. */
  readonly reportsPerSecond: number;
  /** For Node, in the orchestrators. */
  readonly nodeFlags?: readonly string[];
}

const REPORTERS = ['reporter-0', 'reporter-1'] as const;
const KEEPERS = ['keeper-0', 'keeper-1'] as const;
const AGENTS = [...REPORTERS, ...KEEPERS];
const SERVICES_EACH = 5;

/** By what the times of the guards are divided: hours of a night go by in minutes. */
export const TIME_FACTOR = 10;

/** Services fail here on purpose, again and again, which the limits by the hour are there to keep from being acted upon. */
const LIMITS = {
  first_cool_down_ms: 10_000 / TIME_FACTOR,
  longest_cool_down_ms: 300_000 / TIME_FACTOR,
  cool_down_reset_ms: 600_000 / TIME_FACTOR,
  storm_window_ms: 60_000 / TIME_FACTOR,
  blast_radius_window_ms: 600_000 / TIME_FACTOR,
  blast_radius_share: 1,
  max_actions_per_hour: 100_000,
  max_returns_per_hour: 100_000,
  max_fleet_actions_per_hour: 100_000,
};

const WATCHED = { interval_ms: 1_000, timeout_ms: 1_000 };

/** A real installation whose parts are processes of their own, all connections of which can be disturbed. */
export class Stage {
  private constructor(
    readonly installation: Installation,
    /** Their hosts report; what they take in is counted. */
    readonly reporters: readonly Reporter[],
    /** Their services fail. */
    readonly keepers: readonly Reporter[],
    private readonly troubled: { links: readonly FaultProxy[]; postgres: PostgresTroubles },
  ) {}

  get agents(): readonly Reporter[] {
    return [...this.reporters, ...this.keepers];
  }

  /** Between agents and NATS, orchestrators and NATS, orchestrators and PostgreSQL. */
  get links(): readonly FaultProxy[] {
    return this.troubled.links;
  }

  get postgres(): PostgresTroubles {
    return this.troubled.postgres;
  }

  static async open({ replicas, reportsPerSecond, nodeFlags = [] }: StageOptions): Promise<Stage> {
    const links: FaultProxy[] = [];
    const reporters: Reporter[] = [];
    const keepers: Reporter[] = [];
    const link = async (target: string): Promise<string> => {
      const proxy = await FaultProxy.start(target);
      links.push(proxy);
      return proxy.url;
    };
    const installation = await Installation.start({
      replicas,
      nodeFlags,
      agents: AGENTS.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      writeCatalogue: async (servers) => {
        const intervalMs = (1_000 * REPORTERS.length) / reportsPerSecond;
        for (const agentId of REPORTERS)
          reporters.push(await createReporter(servers, { agentId, natsUrl: await link(servers.nats.url), intervalMs }));
        for (const agentId of KEEPERS) keepers.push(await createKeeper(servers, agentId, await link(servers.nats.url)));
        return writeReporterCatalogue(servers, [...reporters, ...keepers], LIMITS);
      },
      describeReplica: async (_replica, { nats, postgres }): Promise<Replica> => ({
        env: { NATS_URL: await link(nats.url), DATABASE_URL: await link(postgres.urls.url) },
      }),
    });
    const troubles = new PostgresTroubles(installation.servers.postgres.urls.superuserUrl);
    const stage = new Stage(installation, reporters, keepers, { links, postgres: troubles });
    await Promise.all(stage.agents.map(({ program }) => program.start()));
    return stage;
  }

  /** Those that may fail; the last one is kept for the end. */
  get services(): readonly WatchedService[] {
    return this.keepers.flatMap(({ services }) => services).slice(0, -1);
  }

  /** That has not failed before. */
  get spared(): WatchedService {
    const last = this.keepers.flatMap(({ services }) => services).at(-1);
    if (last === undefined) throw new Error('there is no service');
    return last;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map(({ program }) => program.stop()));
    await this.installation.stop();
    await Promise.all(this.links.map((link) => link.leave()));
  }
}

const createKeeper = (servers: Servers, agentId: string, natsUrl: string): Promise<Reporter> =>
  createReporter(servers, { agentId, natsUrl, services: SERVICES_EACH, health: WATCHED, maxActionsPerHour: 1_000 });
