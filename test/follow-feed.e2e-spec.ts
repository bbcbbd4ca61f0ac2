/** @machine half */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitUntil } from '#libs/testing';
import { Installation } from '../bench/installation/installation.ts';
import { LogWatch } from '../bench/installation/log-watch.ts';
import { createReporter, type Reporter } from '../bench/outages/reporter.ts';
import { writeReporterCatalogue } from '../bench/outages/reporter-catalogue.ts';
import { FED_TYPES } from '../src/feed/event-feeds.ts';
import { FeedReader } from './builders/feed-reader.ts';

const AGENTS = ['reporter-1', 'reporter-2'] as const;
/** Reports of each agent that come while something is away. */
const MEANWHILE = 100;

const FED = 'SELECT position, event_id FROM events WHERE type = ANY ($1) ORDER BY position';

describe('a program that follows the feed', () => {
  const cast: Reporter[] = [];
  let installation: Installation;
  let log: LogWatch;
  let reader: FeedReader;

  beforeAll(async () => {
    installation = await Installation.start({
      agents: AGENTS.map((agentId) => ({ agentClass: 'service' as const, agentId })),
      writeCatalogue: async (servers) => {
        for (const agentId of AGENTS) cast.push(await createReporter(servers, { agentId, intervalMs: 10 }));
        return writeReporterCatalogue(servers, cast);
      },
    });
    log = new LogWatch(installation.logUrl);
    reader = FeedReader.of(installation.servers.nats, installation.servers);
    await Promise.all(cast.map(({ program }) => program.start()));
    reader.start();
  }, 120_000);
  afterAll(async () => {
    await Promise.all(cast.map(({ program }) => program.stop()));
    await reader.stop();
    await log.close();
    await installation.stop();
  }, 60_000);

  const countTaken = (): number => Math.min(...cast.map(({ ledger }) => ledger.read('taken').length));

  /** Reports go on coming. */
  async function untilMoreIsReported(): Promise<void> {
    const before = countTaken();
    await waitUntil(() => countTaken() >= before + MEANWHILE, { withinMs: 60_000, everyMs: 50 });
  }

  async function untilMoreIsRead(): Promise<void> {
    const before = reader.read().length;
    await waitUntil(() => reader.read().length >= before + MEANWHILE, { withinMs: 60_000, everyMs: 100 });
  }

  const killed: Record<string, () => Promise<void>> = {
    orchestrator: async () => {
      await installation.orchestrator.kill();
      await untilMoreIsReported();
      await installation.orchestrator.start();
    },
    nats: async () => {
      await installation.servers.nats.kill();
      await untilMoreIsReported();
      await installation.servers.nats.restart();
    },
    postgres: async () => {
      installation.servers.postgres.kill();
      await untilMoreIsReported();
      await installation.servers.postgres.restart();
    },
    reader: async () => {
      await reader.kill();
      await untilMoreIsReported();
      reader.start();
    },
  };

  it('misses nothing and gets nothing twice while everything is killed in turn under load', async () => {
    for (const kill of Object.values(killed)) {
      await untilMoreIsRead();
      await kill();
    }
    for (const { program } of cast) process.kill(program.pid, 'SIGUSR2'); // no new reports
    const due = async (): Promise<{ position: string; event_id: string }[]> => log.query(FED, [FED_TYPES]);
    await waitUntil(async () => reader.read().length >= (await due()).length, { withinMs: 120_000, everyMs: 250 });
    const read = reader.read().map(({ position, event_id }) => ({ position, event_id }));
    expect(read.length).toBeGreaterThan(Object.keys(killed).length * MEANWHILE);
    expect(read).toEqual((await due()).slice(0, read.length));
    expect(new Set(reader.read().map(({ log_id: logId }) => logId)).size).toBe(1);
  }, 600_000);
});
