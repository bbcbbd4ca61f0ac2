import { formatPosition } from '#libs/contracts';
import type { IncidentEvent, IncidentEvidence, IncidentOpened, LocatedEvidence } from './incident.events.ts';

/** Life cycle of an incident. `mitigated`: an agent says that it is over, nobody independent has checked. */
export type IncidentLifeState = 'open' | 'healing' | 'mitigated' | 'resolved' | 'escalated';

/** The latest episode of one fingerprint on one target. */
export interface IncidentEpisode {
  incidentId: string;
  episode: number;
  state: IncidentLifeState;
  fingerprint: string;
  target: string;
  openedAt: string;
  evidence: LocatedEvidence;
  count: number;
  /** Reports up to here are counted. */
  throughPosition: number;
  /** The report that was stored together with the incident, and is counted too: others may have come before, and aren't. */
  storedWith?: string;
  /** Last time the episode was opened or grew, in milliseconds since 1970. */
  grewAtMs: number;
  /** When its fix was verified or an agent said that it is over, in milliseconds since 1970; only while that holds. */
  overAtMs?: number | undefined;
  fixId?: string;
  /** Who said last that it is over. */
  claimedBy?: string;
  /** A person was told: whatever is said after that, what comes next is decided anew. */
  wasEscalated: boolean;
  /** When a fix healed it, this episode and those before, in milliseconds since 1970: as often as it is open again, it came back. */
  healedAtMs: readonly number[];
}

const HOUR_MS = 3_600_000;

/** How often it came back within the hour after a fix had healed it. */
export const countReturns = ({ healedAtMs }: Pick<IncidentEpisode, 'healedAtMs'>, nowMs: number): number =>
  healedAtMs.filter((atMs) => atMs > nowMs - HOUR_MS).length;

/** One whose first report may be unstored yet. */
export type OpenedIncident = Omit<IncidentEpisode, 'evidence' | 'throughPosition'> & { evidence: IncidentEvidence };

export type IncidentState = { known: false } | ({ known: true } & IncidentEpisode);

export const INITIAL_INCIDENT: IncidentState = { known: false };

/** When the log took an event in, and where. */
export interface Recording {
  recordedAt: Date;
  position: number;
}

/** Folds one event of an incident stream. */
export function evolveIncident(state: IncidentState, event: IncidentEvent, recording: Recording): IncidentState {
  const { recordedAt } = recording;
  if (event.type === 'IncidentOpened') return openEpisode(event, recording, state.known ? state.healedAtMs : []);
  if (!state.known) return state;
  switch (event.type) {
    case 'IncidentGrew':
      return {
        ...state,
        count: event.data.count,
        throughPosition: Number(event.data.through_position),
        evidence: event.data.evidence,
        grewAtMs: recordedAt.getTime(),
      };
    case 'IncidentHealing':
      return { ...state, state: 'healing', fixId: event.data.fix_id, overAtMs: undefined };
    case 'IncidentMitigated':
      return {
        ...state,
        state: 'mitigated',
        claimedBy: event.data.claimed_by,
        overAtMs: Date.parse(event.data.claimed_at ?? recordedAt.toISOString()),
      };
    case 'IncidentReopened':
      return { ...state, state: 'open', overAtMs: undefined };
    case 'IncidentResolved':
      // This event may follow the verdict late, and what was seen between them was not there when it was reached.
      return {
        ...state,
        state: 'resolved',
        overAtMs: Date.parse(state.openedAt) + event.data.duration_ms,
        healedAtMs: noteHealed(state, recordedAt.getTime()),
      };
    case 'IncidentEscalated':
      return { ...state, state: 'escalated', overAtMs: undefined, wasEscalated: true };
  }
}

/** What was over without a fix was no success that could turn out to be none. */
function noteHealed({ fixId, healedAtMs }: IncidentEpisode, atMs: number): readonly number[] {
  return fixId === undefined ? healedAtMs : [...healedAtMs.filter((earlier) => earlier > atMs - HOUR_MS), atMs];
}

function openEpisode(opened: IncidentOpened, { recordedAt, position }: Recording, healedAtMs: readonly number[]): IncidentState {
  const { evidence } = opened.data;
  const reportPosition = Number(evidence.report_position ?? position - 1);
  return {
    known: true,
    ...beginEpisode(opened, recordedAt.getTime(), healedAtMs),
    evidence: { ...evidence, report_position: formatPosition(reportPosition) },
    ...(evidence.report_position === undefined
      ? { throughPosition: 0, storedWith: evidence.report_event_id }
      : { throughPosition: reportPosition }),
  };
}

/** An episode as it begins, whether or not that is stored. */
export const beginEpisode = ({ data }: IncidentOpened, nowMs: number, healedAtMs: readonly number[] = []): OpenedIncident => ({
  incidentId: data.incident_id,
  episode: data.episode,
  state: 'open',
  fingerprint: data.fingerprint,
  target: data.target,
  openedAt: data.opened_at,
  evidence: data.evidence,
  count: 1,
  grewAtMs: nowMs,
  wasEscalated: false,
  healedAtMs,
});
