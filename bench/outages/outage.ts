import type { PrivatePostgres } from '#libs/testing';
import type { Installation } from '../installation/installation.ts';
import type { Reporter } from './reporter.ts';

export interface Scene {
  installation: Installation;
  /** Has the service that is healed. */
  fixer: Reporter;
  /** They only report; the second one never goes away. */
  reporters: readonly [Reporter, Reporter];
}

/** Something of ours that goes away for a while and comes back on the same data. */
export interface Outage {
  name: string;
  /** Where the installation needs another PostgreSQL than it usually has. */
  startPostgres?: () => Promise<PrivatePostgres>;
  /** Answers what brings it back. */
  begin(scene: Scene): Promise<() => Promise<void>>;
}

const natsAway: Outage = {
  name: 'nats',
  begin: async ({ installation: { servers } }) => {
    await servers.nats.kill();
    return () => servers.nats.restart();
  },
};

const postgresAway: Outage = {
  name: 'postgres',
  begin: async ({ installation: { servers } }) => {
    servers.postgres.kill();
    return () => servers.postgres.restart();
  },
};

const bothAway: Outage = {
  name: 'nats-and-postgres',
  begin: async (scene) => {
    const ends = await Promise.all([natsAway.begin(scene), postgresAway.begin(scene)]);
    return async () => void (await Promise.all(ends.map((end) => end())));
  },
};

const agentAway: Outage = {
  name: 'agent',
  begin: async ({ fixer, reporters }) => {
    const programs = [fixer.program, reporters[0].program];
    await Promise.all(programs.map((program) => program.kill()));
    return async () => void (await Promise.all(programs.map((program) => program.start())));
  },
};

const orchestratorAway: Outage = {
  name: 'orchestrator',
  begin: async ({ installation: { orchestrator } }) => {
    await orchestrator.kill();
    return () => orchestrator.start();
  },
};

/** By kill -9. */
export const KILLS: readonly Outage[] = [natsAway, postgresAway, bothAway, agentAway, orchestratorAway];
