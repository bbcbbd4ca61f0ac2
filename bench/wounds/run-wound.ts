import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAgentLedger, type Violation, waitUntil } from '#libs/testing';
import { checkInstallation } from '../installation/check-installation.ts';
import { Stage } from './stage.ts';
import { readStory, type Story } from './story.ts';
import type { Variant } from './variant.ts';
import { judgeRound, type WoundRound } from './wound-round.ts';
import { WorldWatch } from './world-watch.ts';

/** Two attempts, their back-off and two verification windows fit in. */
const ENDS_WITHIN_MS = 180_000;
/** Longer than the 10 s after which a growing incident is decided again. */
const STAYS_AS_IT_IS_MS = 12_000;
/** What the last requests came to is known after it only. */
const USER_TIMEOUT_MS = 2_000;

interface Act {
  variant: Variant;
  round: number;
  victim: string;
  stage: Stage;
  watch: WorldWatch;
}

export const victimOf = ({ victims }: Variant, round: number): string => victims[(round - 1) % victims.length] ?? '';

/** One round: breaks, waits until the log says how it ended, and looks at the world itself. */
export async function runWound(variant: Variant, round: number): Promise<WoundRound> {
  const victim = victimOf(variant, round);
  const stage = await Stage.start(`-${variant.name.replaceAll(/[^a-z]/g, '').slice(0, 8)}${round}`);
  const watch = new WorldWatch(stage.service(victim));
  try {
    await waitUntil(() => watch.isAnswering && watch.pids.length === 1);
    return await observe({ variant, round, victim, stage, watch });
  } finally {
    await watch.stop();
    await stage.stop();
  }
}

async function observe({ variant, round, victim, stage, watch }: Act): Promise<WoundRound> {
  const target = stage.service(victim).id;
  const before = await stage.users();
  const head = await stage.log.count('SELECT max(position) AS count FROM events');
  const brokenAtMs = Date.now();
  const fault = await variant.strike(stage, victim);
  const tell = (): Promise<Story> => readStory(stage.log, target, head);
  await untilEnded(tell);
  await fault.end();
  const { ending } = await tell();
  await sleep(USER_TIMEOUT_MS);
  const after = await stage.users();
  const usersServed = ending === 'healed' ? await stage.areUsersServed(5) : null;
  // What was given up must stay given up, and what was held must stay held.
  if (ending !== 'healed') await sleep(STAYS_AS_IT_IS_MS);
  const story = await tell();
  const world = {
    isAnswering: watch.isAnswering,
    restarts: watch.restarts,
    answersAgainAtMs: watch.answersAgainAfter(brokenAtMs),
  };
  // What an agent still reports while its ledger is read would look invented.
  await stage.ecosystem.stop();
  const violations = await check(stage);
  return judgeRound({ variant, round, victim, story, world, brokenAtMs, before, after, usersServed, violations });
}

/** One that comes to no end is a finding, and no reason to look at nothing. */
async function untilEnded(tell: () => Promise<Story>): Promise<void> {
  const end = performance.now() + ENDS_WITHIN_MS;
  while ((await tell()).ending === undefined && performance.now() < end) await sleep(100);
}

async function check(stage: Stage): Promise<Violation[]> {
  const ledgers = stage.ecosystem.agents.map(({ id }) =>
    readAgentLedger(join(stage.installation.servers.dir, 'example', id), id),
  );
  const options = { quiescent: true, readThrough: await stage.log.awaitReaders() };
  return checkInstallation(stage.installation, { ledgers, options });
}
