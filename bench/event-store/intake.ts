import { agentSubject } from '#libs/contracts';
import { startTestNats, waitUntil } from '#libs/testing';
import { RawPublisher } from '../fuzz/raw-publisher.ts';
import { atLeast, measured } from '../report/figure.ts';
import { BARE_SUBJECT, startBareLoop } from './bare-loop.ts';
import { medianOf, takeTurns } from './contest.ts';
import { startIntake } from './our-intake.ts';
import { AGENT, createMessages, REPORTS_PER_MESSAGE } from './report-messages.ts';
import type { Part } from './stage.ts';

const TENANT = 'bench';
const MESSAGES_PER_TURN = 200;
const WITHIN_MS = 120_000;

/** Where messages go, and how many of their reports are committed so far. */
interface Sink {
  subject: string;
  countStored: () => number | Promise<number>;
}

/** Reports per second from the first publication until the last one is committed: our intake, and a bare loop. */
export const measureIntake: Part = async (stage) => {
  const nats = await startTestNats({ tenant: TENANT, agents: [AGENT] });
  stage.opened({ close: () => nats.stop() });
  const sinks: Record<string, Sink> = {
    ours: {
      subject: agentSubject({ ...AGENT, tenant: TENANT }, 'report'),
      countStored: await startIntake(stage, nats, TENANT),
    },
    'a bare loop': { subject: BARE_SUBJECT, countStored: await startBareLoop(stage, nats) },
  };
  const publisher = new RawPublisher({ url: nats.url, seed: nats.seed('administrator'), inboxPrefix: '_INBOX.bench' });
  await publisher.connect();
  const turns = Object.fromEntries(Object.entries(sinks).map(([name, sink]) => [name, () => measureRate(publisher, sink)]));
  const rounds = await takeTurns(turns, stage);
  publisher.close();
  const ratio = medianOf(rounds, (round) => (round['ours'] ?? Number.NaN) / (round['a bare loop'] ?? Number.NaN));
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
