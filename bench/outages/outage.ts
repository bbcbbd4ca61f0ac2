import type { Installation } from '../installation/installation.ts';
import type { Reporter } from './reporter.ts';

export interface Scene {
  installation: Installation;
  /** Has the service that is healed. */
  fixer: Reporter;
  /** They only report; the second one never goes away. */
  reporters: readonly [Reporter, Reporter];
}

/** Something of ours that goes away for a while, by kill -9, and comes back on the same data. */
export interface Outage {
  name: string;
  begin(scene: Scene): Promise<void>;
  end(scene: Scene): Promise<void>;
}

const natsAway: Outage = {
  name: 'nats',
  begin: ({ installation }) => installation.servers.nats.kill(),
  end: ({ installation }) => installation.servers.nats.restart(),
};

const postgresAway: Outage = {
  name: 'postgres',
  begin: ({ installation }) => {
    installation.servers.postgres.kill();
    return Promise.resolve();
  },
  end: ({ installation }) => installation.servers.postgres.restart(),
};

const bothAway: Outage = {
  name: 'nats-and-postgres',
  begin: async (scene) => {
    await Promise.all([natsAway.begin(scene), postgresAway.begin(scene)]);
  },
  end: async (scene) => {
    await Promise.all([natsAway.end(scene), postgresAway.end(scene)]);
  },
};

const agentAway: Outage = {
  name: 'agent',
  begin: async ({ fixer, reporters }) => {
    await Promise.all([fixer.program.kill(), reporters[0].program.kill()]);
  },
  end: async ({ fixer, reporters }) => {
    await Promise.all([fixer.program.start(), reporters[0].program.start()]);
  },
};

const orchestratorAway: Outage = {
  name: 'orchestrator',
  begin: ({ installation }) => installation.orchestrator.kill(),
  end: ({ installation }) => installation.orchestrator.start(),
};

export const OUTAGES: readonly Outage[] = [natsAway, postgresAway, bothAway, agentAway, orchestratorAway];
