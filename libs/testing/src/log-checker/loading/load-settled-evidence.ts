import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { withClient } from '../../postgres/create-test-database.ts';
import type { AgentLedger, LogEvidence } from '../evidence.ts';
import { READERS } from '../laws/readers.ts';
import { loadLogEvidence } from './load-log-evidence.ts';
import { READERS_POSITIONS } from './read-log.ts';

/** Long enough for an outbox to send once more what no receipt followed. */
const SETTLES_WITHIN_MS = 60_000;
const LOOKS_EVERY_MS = 100;

/** A fix whose timer fires sooner goes on before our eyes; for one that waits longer nobody waits. */
const NEAR = "interval '15 seconds'";

const UNSETTLED = `
SELECT
  (SELECT head_position FROM lanes WHERE lane = 0) AS head,
  (SELECT count(*) FROM unnest($1::text[]) AS reader (name) LEFT JOIN (${READERS_POSITIONS}) AS known USING (name)
   WHERE coalesce(known.number, 0) <> (SELECT head_position FROM lanes WHERE lane = 0)) AS behind,
  (SELECT count(*) FROM fix_timers WHERE due_at < now() + ${NEAR}) AS timers,
  (SELECT count(*) FROM events WHERE lane = 0 AND stream = ANY ($2::text[]) AND type = 'ErrorReported') AS reports`;

/**
 * The log once it is quiet: every report of a ledger receipted and stored, every reader at the head, no fix about to go on. When
 * it doesn't become so it is handed out as it is, asked for everything that a quiet one must have: then the checker says what is
 * missing.
 */
export async function loadSettledEvidence(
  ownerUrl: string,
  readLedgers: () => readonly AgentLedger[],
  { withinMs = SETTLES_WITHIN_MS, secrets = [] }: { withinMs?: number; secrets?: readonly string[] } = {},
): Promise<LogEvidence> {
  const readThrough = await withClient(ownerUrl, async (client) => {
    const end = performance.now() + withinMs;
    for (;;) {
      const { isQuiet, head } = await look(client, readLedgers());
      if (isQuiet || performance.now() >= end) return head;
      await sleep(LOOKS_EVERY_MS);
    }
  });
  // What is said after that look nobody had time to read.
  const options = { everyReport: true, quiescent: true, readThrough, secrets };
  return loadLogEvidence(ownerUrl, { ledgers: readLedgers(), options });
}

async function look(client: Client, ledgers: readonly AgentLedger[]): Promise<{ isQuiet: boolean; head: number }> {
  // What agents without a ledger report is nothing to wait for.
  const counted = ledgers.flatMap(({ agentId, reports }) => (reports === undefined ? [] : [{ agentId, reports }]));
  const reports = counted
    .flatMap((ledger) => ledger.reports)
    .filter((report) => report.isBroken !== true && report.wasRefused !== true);
  const streams = counted.map(({ agentId }) => `report-${agentId}`);
  const { rows } = await client.query<Record<'head' | 'behind' | 'timers' | 'reports', string>>(UNSETTLED, [READERS, streams]);
  const [found] = rows;
  const isRead = found?.behind === '0' && found.timers === '0' && Number(found.reports) === reports.length;
  return { isQuiet: isRead && reports.every(({ receipted }) => receipted), head: Number(found?.head) };
}
