import { Client } from 'pg';
import { agentSubject } from '#libs/contracts';
import { waitUntil, withClient } from '#libs/testing';
import { RawPublisher } from '../fuzz/raw-publisher.ts';
import { Installation } from '../installation/installation.ts';
import { atLeast, measured } from '../report/figure.ts';
import { BARE_SUBJECT, BareLoop } from './bare-loop.ts';
import { medianOf, takeTurns } from './contest.ts';
import { AGENT, createMessages, REPORTS_PER_MESSAGE } from './report-messages.ts';
import type { Part } from './stage.ts';

const MESSAGES_PER_TURN = 200;
const WITHIN_MS = 120_000;

/** Where messages go, and how many of their reports are committed so far. */
interface Sink {
  subject: string;
  countStored: () => number | Promise<number>;
}

/** Reports per second from the first publication until the last one is committed: the orchestrator, and a bare loop. */
export const measureIntake: Part = async (stage) => {
  const installation = await Installation.start({ agents: [AGENT] });
  stage.opened({ close: () => installation.stop() });
  const { servers, logUrl } = installation;
  const { nats, postgres, tenant } = servers;
  const bare = stage.opened(await BareLoop.start(servers));
  const log = stage.opened(await LogWatch.open(logUrl));
  const publisher = new RawPublisher({ url: nats.url, seed: nats.seed('administrator'), inboxPrefix: '_INBOX.bench' });
  stage.opened({ close: async () => publisher.close() });
  await publisher.connect();
  const sinks: Record<string, Sink> = {
    'the orchestrator': { subject: agentSubject({ ...AGENT, tenant }, 'report'), countStored: () => log.countStored() },
    'a bare loop': { subject: BARE_SUBJECT, countStored: () => bare.countStored() },
  };
  const turns = Object.fromEntries(Object.entries(sinks).map(([name, sink]) => [name, () => measureRate(publisher, sink)]));
  const between = async (): Promise<void> => {
    // What follows from a report is no part of its intake, and goes on after it.
    await waitUntil(() => log.isAllRead(), { withinMs: WITHIN_MS });
    await withClient(postgres.urls.superuserUrl, (client) => client.query('CHECKPOINT'));
  };
  const rounds = await takeTurns(turns, { ...stage, between });
  const ratio = medianOf(rounds, (round) => (round['the orchestrator'] ?? Number.NaN) / (round['a bare loop'] ?? Number.NaN));
  return {
    figures: [
      atLeast({ name: 'whole intake, 50 reports a message ÷ bare loop', unit: 'ratio' }, ratio, 0.5),
      ...Object.keys(turns).map((name) =>
        measured(
          { name: `intake, ${name}: rate`, unit: 'reports/s' },
          medianOf(rounds, (round) => round[name]),
        ),
      ),
    ],
    rounds: rounds.map((round) => ({ part: 'intake', ...round })),
  };
};

async function measureRate(publisher: RawPublisher, { subject, countStored }: Sink): Promise<number> {
  const bodies = createMessages(MESSAGES_PER_TURN);
  const wanted = (await countStored()) + bodies.length * REPORTS_PER_MESSAGE;
  const startedAt = performance.now();
  const answers = bodies.map((body) => publisher.publish({ subject, headers: [], body }));
  await waitUntil(async () => (await countStored()) >= wanted, { withinMs: WITHIN_MS, everyMs: 5 });
  const seconds = (performance.now() - startedAt) / 1000;
  const refused = (await Promise.all(answers)).find(({ stored }) => !stored);
  if (refused !== undefined) throw new Error(`a message was not stored: ${JSON.stringify(refused)}`);
  return (bodies.length * REPORTS_PER_MESSAGE) / seconds;
}

const STORED = { name: 'stored', text: `SELECT version FROM stream_heads WHERE stream = 'report-${AGENT.agentId}'` };
const ALL_READ = {
  name: 'all-read',
  text: `
    SELECT bool_and(position >= (SELECT head_position FROM lanes)) AS holds
    FROM (SELECT position FROM checkpoints UNION ALL SELECT position FROM projection_generations WHERE state = 'live') AS readers`,
};

/** Looks what the orchestrator has done. */
class LogWatch {
  private constructor(private readonly client: Client) {}

  static async open(connectionString: string): Promise<LogWatch> {
    const client = new Client({ connectionString });
    client.on('error', (error) => console.error(error.message));
    await client.connect();
    return new LogWatch(client);
  }

  async countStored(): Promise<number> {
    const { rows } = await this.client.query<{ version: number }>(STORED);
    return rows[0]?.version ?? 0;
  }

  /** Whether every reader of the log is at its head. */
  async isAllRead(): Promise<boolean> {
    const { rows } = await this.client.query<{ holds: boolean | null }>(ALL_READ);
    return rows[0]?.holds !== false;
  }

  close(): Promise<void> {
    return this.client.end();
  }
}
