import { setTimeout as sleep } from 'node:timers/promises';
import { PostgresTroubles, startPrivatePostgres } from '#libs/testing';
import type { Outage } from './outage.ts';

const ENDED_EVERY_MS = 500;
/** More than the server needs for itself and the reports of an outage. */
const DISK_MIB = 400;

/** One that lasts until it is recovered from. */
const lasting = (name: string, begin: (troubles: PostgresTroubles) => Promise<void>): Outage => ({
  name,
  begin: async ({ installation: { servers } }) => {
    const troubles = new PostgresTroubles(servers.postgres.urls.superuserUrl);
    await begin(troubles);
    return () => troubles.recover();
  },
});

const connectionsEnded: Outage = {
  name: 'postgres-connections-ended',
  begin: async ({ installation: { servers } }) => {
    const troubles = new PostgresTroubles(servers.postgres.urls.superuserUrl);
    const ending = new AbortController();
    const ended = (async (): Promise<void> => {
      for (; !ending.signal.aborted; await sleep(ENDED_EVERY_MS)) await troubles.endBackends();
    })();
    return () => {
      ending.abort();
      return ended;
    };
  },
};

const diskFull: Outage = {
  name: 'postgres-disk-full',
  startPostgres: () => startPrivatePostgres({ diskMiB: DISK_MIB }),
  begin: async ({ installation: { servers } }) => {
    servers.postgres.disk?.fill();
    return () => {
      servers.postgres.disk?.free();
      return servers.postgres.untilUsable();
    };
  },
};

/** PostgreSQL runs, and is of no use. */
export const POSTGRES_OUTAGES: readonly Outage[] = [
  lasting('postgres-read-only', (troubles) => troubles.refuseWrites()),
  lasting('postgres-commits-hang', (troubles) => troubles.hangCommits()),
  lasting('postgres-commits-slow', (troubles) => troubles.slowCommits()),
  lasting('postgres-no-connections', (troubles) => troubles.takeConnections()),
  connectionsEnded,
  diskFull,
];
