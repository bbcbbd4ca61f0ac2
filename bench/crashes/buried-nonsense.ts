import type { Violation } from '#libs/testing';
import type { LogWatch } from '../installation/log-watch.ts';

const BURIED_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
const ALL_BURIED = `SELECT FROM (SELECT count(*) FROM events WHERE type = 'MessageDeadLettered') AS buried WHERE count >= $1`;
const BURIED = "SELECT payload::jsonb->>'original_sha256' AS sha256 FROM events WHERE type = 'MessageDeadLettered'";

/** @param sent SHA-256 of each message that nobody can take in */
export async function checkNonsense(log: LogWatch, sent: readonly string[]): Promise<Violation[]> {
  await log.until(ALL_BURIED, [sent.length], BURIED_WITHIN_MS, LOOK_EVERY_MS).catch(() => undefined);
  const buried = await log.query<{ sha256: string }>(BURIED);
  return judgeNonsense(
    sent,
    buried.map(({ sha256 }) => sha256),
  );
}

/** Each has one dead letter, and there is no other: `report-lost`, `report-doubled`, `report-invented`, by what came of the bytes. */
export function judgeNonsense(sent: readonly string[], buried: readonly string[]): Violation[] {
  const known = new Set(sent);
  const found = new Set<string>();
  const wrong = buried.flatMap((hash): Violation[] => {
    const isDoubled = found.has(hash);
    found.add(hash);
    if (!known.has(hash)) return [toViolation('report-invented', `nobody sent what is buried as ${hash}`, hash)];
    return isDoubled ? [toViolation('report-doubled', `${hash} is buried twice`, hash)] : [];
  });
  const lost = sent.filter((hash) => !found.has(hash));
  return [...wrong, ...lost.map((hash) => toViolation('report-lost', `${hash} was sent and has no dead letter`, hash))];
}

const toViolation = (code: Violation['code'], sentence: string, id: string): Violation => ({
  code,
  sentence,
  positions: [],
  ids: [id],
});
