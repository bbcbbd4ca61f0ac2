import { join } from 'node:path';
import { z } from 'zod';
import { ServicePageSchema } from '#libs/contracts/schemas';
import { waitUntil } from '#libs/testing';
import {
  ecosystemAgents,
  type PreparedEcosystem,
  prepareEcosystem,
  type RunningEcosystem,
  startEcosystem,
} from '../../scripts/launcher/ecosystem.mjs';
import { Installation, type Servers } from '../installation/installation.ts';
import { LogWatch } from '../installation/log-watch.ts';

export type StagedService = RunningEcosystem['services'][number];

const CountSchema = z.object({ sent: z.int(), answered: z.int(), lost: z.int() });
const StatsSchema = z.object({ total: CountSchema, kinds: z.record(z.string(), CountSchema) });
export type UserStats = z.infer<typeof StatsSchema>;

/** The example ecosystem on an installation of its own, with ids that no log has seen before. */
export class Stage {
  readonly log: LogWatch;

  private constructor(
    readonly installation: Installation,
    readonly ecosystem: RunningEcosystem,
    readonly suffix: string,
  ) {
    this.log = new LogWatch(installation.logUrl);
  }

  static async start(suffix: string): Promise<Stage> {
    let prepared: PreparedEcosystem | undefined;
    const installation = await Installation.start({
      agents: ecosystemAgents(suffix),
      writeCatalogue: async (servers) => {
        prepared = await prepareEcosystem(placeOn(servers, suffix));
        return prepared.catalogueFile;
      },
    });
    let ecosystem: RunningEcosystem | undefined;
    try {
      if (prepared === undefined) throw new Error('nobody asked for a catalogue');
      const env = { PATH: process.env['PATH'], ZANTARA_STATE_DIR: installation.servers.dir };
      const logDir = join(installation.servers.dir, 'logs');
      ecosystem = await startEcosystem(prepared, { env, logDir, signal: new AbortController().signal });
      const stage = new Stage(installation, ecosystem, suffix);
      await stage.untilHealthy();
      return stage;
    } catch (error) {
      await ecosystem?.stop();
      await installation.stop();
      throw error;
    }
  }

  service(role: string): StagedService {
    const found = this.ecosystem.services.find((service) => service.role === role);
    if (found === undefined) throw new Error(`the ecosystem has no ${role}`);
    return found;
  }

  async users(): Promise<UserStats> {
    const response = await fetch(`${this.ecosystem.users.url}/stats`);
    return StatsSchema.parse(await response.json());
  }

  /** Waits until users of every kind got so many more answers, without one more loss, and once more if that did not happen in time. */
  async areUsersServed(more: number): Promise<boolean> {
    // One answer may be too late because the machine is busy; what is broken loses some again.
    return (await this.areNextServed(more)) || this.areNextServed(more);
  }

  async stop(): Promise<void> {
    await this.log.close();
    await this.ecosystem.stop();
    await this.installation.stop();
  }

  private async areNextServed(more: number): Promise<boolean> {
    const before = await this.users();
    const isServed = async (): Promise<boolean> => {
      const { kinds } = await this.users();
      return Object.entries(before.kinds).every(([kind, { answered }]) => (kinds[kind]?.answered ?? 0) >= answered + more);
    };
    const served = await waitUntil(isServed, { withinMs: 15_000, everyMs: 100 }).then(
      () => true,
      () => false,
    );
    return served && (await this.users()).total.lost === before.total.lost;
  }

  private async untilHealthy(): Promise<void> {
    await waitUntil(() => this.areServicesHealthy(), { withinMs: 30_000, everyMs: 50 });
    // Before anything is broken, users get what they want.
    if (!(await this.areUsersServed(2))) throw new Error('users lose requests before anything is broken');
  }

  private async areServicesHealthy(): Promise<boolean> {
    try {
      const response = await fetch(`${this.installation.url}/api/services`);
      const { items } = ServicePageSchema.parse(await response.json());
      return items.length === this.ecosystem.services.length && items.every(({ state }) => state === 'healthy');
    } catch {
      return false;
    }
  }
}

const placeOn = ({ dir, keyDir, tenant, postgres, nats }: Servers, suffix: string): Parameters<typeof prepareEcosystem>[0] => ({
  dir: join(dir, 'example'),
  suffix,
  keyDir,
  publicKeysFile: join(keyDir, 'command-signing.public.json'),
  superuserUrl: postgres.urls.superuserUrl,
  natsUrl: nats.url,
  seedFileOf: (agentId) => nats.seedFile(agentId),
  tenant,
});
