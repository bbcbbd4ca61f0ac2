import { Random, type TestNats, withClient } from '#libs/testing';
import { type Corpora, loadCorpora } from './corpora.ts';
import { createFuzzMessage, type FuzzMessage } from './fuzz-message.ts';
import { Ledger, sumTallies, type Tally } from './ledger.ts';
import { MessageSender, type Sender } from './message-sender.ts';
import { countDoubledReports, countReasons, countSamples, countUnreadableReasons, readStored } from './read-stored.ts';
import { type VitalSign, VitalSigns } from './vital-signs.ts';

export interface FuzzOptions {
  messages: number;
  seed: number;
  nats: TestNats;
  /** Whose credential is used; in the catalogue of the orchestrator. */
  agent: Sender;
  orchestrator: { url: string; pid: number };
  logUrl: string;
  say: (line: string) => void;
}

export interface FuzzOutcome {
  corpora: string;
  byMutation: Record<string, Tally>;
  total: Tally;
  reasons: Record<string, number>;
  unreadableReasons: number;
  /** Reports that are in the log more than once. */
  doubledReports: number;
  /** Negative when there are more than were sent. */
  missingSamples: number;
  messagesPerSecond: number;
  isAlive: boolean;
  readinessFailures: number;
  signs: readonly VitalSign[];
}

const SAY_EVERY = 50_000;

/** Sends so many messages, waits until all are settled, and looks each of them up in the log. */
export async function runFuzz(options: FuzzOptions): Promise<FuzzOutcome> {
  const { orchestrator, agent, nats, messages, say } = options;
  const corpora = loadCorpora();
  const ledger = new Ledger();
  const sender = await MessageSender.open(nats, agent);
  const vitals = new VitalSigns(orchestrator.url, orchestrator.pid);
  try {
    const begun = performance.now();
    await sender.sendAll(generate(options, corpora), ledger);
    await sender.untilSettled();
    const messagesPerSecond = (messages / (performance.now() - begun)) * 1_000;
    await vitals.stop();
    say(`all ${messages} are settled`);
    const { isAlive, failures: readinessFailures, signs } = vitals;
    return { corpora: corpora.origin, messagesPerSecond, isAlive, readinessFailures, signs, ...(await account(options, ledger)) };
  } finally {
    await vitals.stop();
    sender.close();
  }
}

function* generate({ seed, messages, agent, say }: FuzzOptions, corpora: Corpora): Generator<FuzzMessage> {
  const random = Random.of(seed, 'messages');
  for (let count = 1; count <= messages; count++) {
    yield createFuzzMessage(random, corpora, agent.agentId);
    if (count % SAY_EVERY === 0) say(`${count} of ${messages} sent`);
  }
}

type Account = Pick<FuzzOutcome, 'byMutation' | 'total' | 'reasons' | 'unreadableReasons' | 'doubledReports' | 'missingSamples'>;

function account({ logUrl, agent: { agentId } }: Pick<FuzzOptions, 'logUrl' | 'agent'>, ledger: Ledger): Promise<Account> {
  return withClient(logUrl, async (client) => {
    const tallies = ledger.settle(await readStored(client, agentId));
    return {
      byMutation: Object.fromEntries(tallies),
      total: sumTallies(tallies.values()),
      reasons: await countReasons(client),
      unreadableReasons: await countUnreadableReasons(client),
      doubledReports: await countDoubledReports(client, agentId),
      missingSamples: ledger.samples - (await countSamples(client, agentId)),
    };
  });
}
