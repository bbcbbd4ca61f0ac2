import type { LogEvidence, LogRecord } from '../evidence.ts';
import { findLoneCommand, findRecord, forge, read, renumber, withData, withReportId } from './forge.ts';

const PAUSE_MS = 1_000;
const TIME = /"\d{4}-\d\d-\d\dT[\d:.]+Z"|\b1[6-9]\d{11}\b/g;

/** A log in which what was healed is told once more. */
export interface SecondRound {
  readonly evidence: LogEvidence;
  /** The report, the incident, the decision, the fix and its slots, as they were told again. */
  readonly again: readonly LogRecord[];
}

/**
 * Everything that made the one fix that healed, told once more at the end of the log, so much later: the fault came back, or it came to
 * another target, which the catalogue has to know.
 */
export function tellAgain(evidence: LogEvidence, otherTarget?: string): SecondRound {
  const first = findRound(evidence);
  const begunAtMs = first[0]?.recordedAtMs ?? 0;
  const laterMs = (evidence.records.at(-1)?.recordedAtMs ?? 0) - begunAtMs + PAUSE_MS;
  const renamed = [...renameRound(evidence, otherTarget), ...first.map(({ id }): Renaming => [id, crypto.randomUUID()])];
  const again = first.map((record) => copyLater(record, new Map(renamed), laterMs));
  const ledgers = evidence.ledgers.map((ledger) => {
    if (ledger.reports === undefined) return ledger;
    const told = again.filter(({ type, stream }) => type === 'ErrorReported' && stream === `report-${ledger.agentId}`);
    return { ...ledger, reports: [...ledger.reports, ...told.map(({ id }) => ({ reportId: id, receipted: true }))] };
  });
  const records = renumber([...evidence.records, ...again]);
  const told = forge({ ...evidence, readAtMs: evidence.readAtMs + laterMs, ledgers }, records);
  return { evidence: told, again: told.records.slice(evidence.records.length) };
}

/** In the order of the log. */
function findRound(evidence: LogEvidence): LogRecord[] {
  const { incidentId, fingerprint, target } = findNames(evidence);
  const isOfFix = (record: LogRecord): boolean => read(record, 'fix_id').startsWith(`${incidentId}-`);
  return evidence.records.filter(
    (record) =>
      (record.type === 'ErrorReported' && read(record, 'fingerprint') === fingerprint && read(record, 'target') === target) ||
      record.stream === `decision-${incidentId}` ||
      (record.stream.startsWith('incident-') && read(record, 'incident_id') === incidentId) ||
      (record.stream.startsWith(`fix-${incidentId}-`) && isOfFix(record)) ||
      (record.stream === `slot-${target}` && isOfFix(record)) ||
      (record.stream.startsWith('slot-fleet.') && isOfFix(record)),
  );
}

function findNames(evidence: LogEvidence): { incidentId: string; fingerprint: string; target: string } {
  const command = findLoneCommand(evidence);
  const decision = findRecord(evidence, 'DecisionMade', ({ id }) => id === read(command, 'decision_event_id'));
  const incidentId = read(decision, 'incident_id');
  const opened = findRecord(evidence, 'IncidentOpened', (record) => read(record, 'incident_id') === incidentId);
  return { incidentId, fingerprint: read(opened, 'fingerprint'), target: read(command, 'target') };
}

type Renaming = readonly [name: string, next: string];

/** What has another name the next time: the episode of the incident, or the incident and the target. */
function renameRound(evidence: LogEvidence, otherTarget: string | undefined): Renaming[] {
  const { incidentId, target } = findNames(evidence);
  const episodeAt = incidentId.lastIndexOf('-') + 1;
  const [key, episode] = [incidentId.slice(0, episodeAt), Number(incidentId.slice(episodeAt))];
  if (otherTarget === undefined)
    return [
      [incidentId, `${key}${episode + 1}`],
      [`"episode":${episode}`, `"episode":${episode + 1}`],
    ];
  return [
    [incidentId, `of-${otherTarget}-${episode}`],
    [`"${target}"`, `"${otherTarget}"`],
    [`slot-${target}`, `slot-${otherTarget}`],
    [`incident-${key.slice(0, -1)}`, `incident-of-${otherTarget}`],
  ];
}

function copyLater(record: LogRecord, renamed: ReadonlyMap<string, string>, laterMs: number): LogRecord {
  const rename = (text: string): string => [...renamed].reduce((told, [name, next]) => told.replaceAll(name, next), text);
  const move = (text: string): string =>
    text.startsWith('"')
      ? `"${new Date(Date.parse(text.slice(1, -1)) + laterMs).toISOString()}"`
      : String(Number(text) + laterMs);
  const id = renamed.get(record.id) ?? record.id;
  const payload = rename(record.payload).replaceAll(TIME, move);
  const copy = { ...record, id, stream: rename(record.stream), payload, recordedAtMs: record.recordedAtMs + laterMs };
  // Its agent names a report by another id than the log does, for which that one is as good.
  return record.type === 'ErrorReported' ? withData(copy, (data) => withReportId(data, id)) : copy;
}
