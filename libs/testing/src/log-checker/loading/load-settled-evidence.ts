import { waitUntil } from '../../wait-until.ts';
import type { AgentLedger, LogEvidence } from '../evidence.ts';
import { loadLogEvidence } from './load-log-evidence.ts';

/** Long enough for an outbox to send once more what no receipt followed. */
const SETTLES_WITHIN_MS = 60_000;

/**
 * The log once it is quiet: every report receipted and stored, every reader at the head. When it doesn't become so it is handed
 * out as it is, asked for everything that a quiet one must have: then the checker says what is missing.
 */
export async function loadSettledEvidence(ownerUrl: string, readLedgers: () => readonly AgentLedger[]): Promise<LogEvidence> {
  const options = { everyReport: true, quiescent: true };
  const load = (): Promise<LogEvidence> => loadLogEvidence(ownerUrl, { ledgers: readLedgers(), options });
  let evidence = await load();
  const isSettled = async (): Promise<boolean> => {
    if (isQuiet(evidence)) return true;
    evidence = await load();
    return false;
  };
  await waitUntil(isSettled, { withinMs: SETTLES_WITHIN_MS, everyMs: 100 }).catch(() => undefined);
  return evidence;
}

function isQuiet({ ledgers, checkpoints, head, records }: LogEvidence): boolean {
  const stored = records.filter(({ type }) => type === 'ErrorReported').length;
  const reports = ledgers.flatMap((ledger) => ledger.reports ?? []);
  const areReceipted = reports.length === stored && reports.every(({ receipted }) => receipted);
  return areReceipted && [...checkpoints.values()].every((position) => position === head.position);
}
