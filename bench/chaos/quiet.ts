import { waitUntil } from '#libs/testing';
import type { LogWatch } from '../installation/log-watch.ts';
import type { Reporter } from '../outages/reporter.ts';

/** The outbox sends again 30 s after an acknowledgement that no receipt followed, then 60 s after that. */
const QUIET_WITHIN_MS = 240_000;
const LOOK_EVERY_MS = 1_000;

const STORED = "SELECT count(*) FROM events WHERE type = 'ErrorReported' AND stream = $1";
/** Neither at its end nor waiting for a timer, and not because of what has just happened. */
const STUCK = `SELECT FROM fixes WHERE ended_at IS NULL AND changed_at < now() - interval '5 seconds' AND NOT EXISTS
  (SELECT FROM fix_timers WHERE fix_timers.fix_id = fixes.fix_id AND due_at > now() - interval '5 seconds')`;
/** Somebody is behind, or a fix goes on within seconds. */
const BUSY = `SELECT FROM checkpoints, lanes WHERE position < head_position - 20 AND lane = 0
  UNION ALL SELECT FROM projection_generations, lanes WHERE state = 'live' AND position < head_position - 20 AND lane = 0
  UNION ALL SELECT FROM fix_timers WHERE due_at < now() + interval '15 seconds'`;

/** In seconds since the last fault. */
export interface Quiet {
  /** Until the last moment at which a fix had neither ended nor waited for a timer; 0 where there was none. */
  readonly settledAfter: number;
  /** Until all that was taken in is stored, every reader has read it, and no fix is about to go on. */
  readonly quietAfter: number | undefined;
}

/** Watches how all comes to rest after a moment of `performance.now()`. */
export async function becomesQuiet(log: LogWatch, reporters: readonly Reporter[], faultAtMs: number): Promise<Quiet> {
  const taken = reporters.map(({ agentId, ledger }) => ({ agentId, count: new Set(ledger.read('taken')).size }));
  let stuckAtMs = faultAtMs;
  const isOver = async (): Promise<boolean> => {
    if ((await log.query(STUCK)).length > 0) stuckAtMs = performance.now();
    const stored = await Promise.all(taken.map(({ agentId }) => log.count(STORED, [`report-${agentId}`])));
    const isStored = taken.every(({ count }, index) => (stored[index] ?? 0) >= count);
    return isStored && (await log.query(BUSY)).length === 0;
  };
  const since = (ms: number): number => (ms - faultAtMs) / 1_000;
  const quietAfter = await waitUntil(() => isOver().catch(() => false), {
    withinMs: QUIET_WITHIN_MS,
    everyMs: LOOK_EVERY_MS,
  }).then(
    () => since(performance.now()),
    () => undefined,
  );
  return { settledAfter: since(stuckAtMs), quietAfter };
}

/** The position up to which every reader had time to read, once no fix is about to go on. */
export async function awaitRest(log: LogWatch): Promise<number> {
  await log.until(`SELECT WHERE NOT EXISTS (${BUSY})`, [], 60_000, LOOK_EVERY_MS).catch(() => undefined);
  return log.awaitReaders();
}
