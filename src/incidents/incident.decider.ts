import { formatPosition } from '#libs/contracts';
import { pickEvidence } from './evidence.ts';
import type { DescribedFault, IncidentCommand, RecordOccurrences, StartHealing } from './incident.commands.ts';
import type { IncidentEvent, IncidentEvidence, IncidentHealing, IncidentOpened } from './incident.events.ts';
import type { IncidentEpisode, IncidentState } from './incident.ts';
import { TOLD_BY_HEALTH_CHECKS } from './symptom.ts';

/** Why something is not over: its own agent says so. */
export const REPORTED_AGAIN = 'reported-again';

/** Between two IncidentGrew of one episode, in milliseconds. */
export const GROWTH_INTERVAL_MS = 10_000;

/**
 * Which events a command makes of an incident, perhaps none. Asking twice changes nothing: what is counted isn't counted
 * again, and a state is entered once.
 */
export function decideIncident(state: IncidentState, command: IncidentCommand): IncidentEvent[] {
  if (command.type === 'RecordOccurrences') return recordOccurrences(state, command);
  if (!state.known || state.incidentId !== command.incidentId) return [];
  switch (command.type) {
    case 'StartHealing':
      if (!isLive(state) || state.fixId === command.fixId) return [];
      return [startHealing(command)];
    case 'ResolveIncident':
      if (!isLive(state)) return [];
      return [
        {
          type: 'IncidentResolved',
          data: {
            incident_id: state.incidentId,
            fix_id: command.fixId,
            strategy: command.strategy,
            duration_ms: Math.max(0, command.resolvedAtMs - Date.parse(state.openedAt)),
          },
        },
      ];
    case 'EscalateIncident':
      if (!isLive(state) && !(command.leavesUndone === true && isOver(state))) return [];
      return [
        {
          type: 'IncidentEscalated',
          data: {
            incident_id: state.incidentId,
            reason_code: command.reasonCode,
            ...(command.fixId === undefined ? {} : { fix_id: command.fixId }),
          },
        },
      ];
    case 'ReopenIncident':
      if (state.state !== 'healing') return [];
      return [{ type: 'IncidentReopened', data: { incident_id: state.incidentId, reason_code: command.reasonCode } }];
    case 'MitigateIncident':
      if (state.state !== 'open' && state.state !== 'escalated') return [];
      if (!TOLD_BY_HEALTH_CHECKS.includes(state.evidence.symptom)) return [];
      // A claim that is read again after a crash knows nothing of what was reported since by those who can contradict it.
      if (command.claimPosition < Number(state.evidence.report_position)) return [];
      return [
        {
          type: 'IncidentMitigated',
          data: {
            incident_id: state.incidentId,
            claimed_by: command.claimedBy,
            claimed_at: new Date(command.claimedAtMs).toISOString(),
          },
        },
      ];
  }
}

export const startHealing = ({ incidentId, fixId, strategy }: Omit<StartHealing, 'type'>): IncidentHealing => ({
  type: 'IncidentHealing',
  data: { incident_id: incidentId, fix_id: fixId, strategy },
});

const isLive = (state: IncidentEpisode): boolean => state.state !== 'resolved' && state.state !== 'escalated';

/** It was healed, and no person has heard of it. */
const isOver = ({ state, wasEscalated }: IncidentEpisode): boolean => state === 'resolved' && !wasEscalated;

function recordOccurrences(state: IncidentState, command: RecordOccurrences): IncidentEvent[] {
  const fresh = state.known ? command.occurrences.filter((occurrence) => isUncounted(state, occurrence)) : command.occurrences;
  const beginning = fresh.findIndex((occurrence) => needsDecision(state, occurrence, command.ownerAgent));
  if (beginning === -1) return state.known ? grow(state, fresh, command.ownerAgent) : [];

  const late = state.known ? grow(state, fresh.slice(0, beginning), command.ownerAgent) : [];
  if (state.known && isHeld(state)) return [...late, ...reopen(state, beginning, fresh.slice(beginning), command.ownerAgent)];
  const opened = open(state, command, beginning + command.occurrences.length - fresh.length);
  return [...late, ...opened];
}

const isUncounted = (
  { throughPosition, storedWith }: IncidentEpisode,
  { position, evidence }: RecordOccurrences['occurrences'][number],
): boolean => position > throughPosition && evidence.report_event_id !== storedWith;

/**
 * Whether a report shows a fault that isn't decided about: what was observed before an episode was over belongs to it, however
 * late it comes in.
 */
function needsDecision(
  state: IncidentState,
  { observedAtMs, evidence: { agent_id: agentId } }: RecordOccurrences['occurrences'][number],
  ownerAgent: string | undefined,
): boolean {
  if (!state.known) return true;
  if (state.overAtMs === undefined || observedAtMs <= state.overAtMs) return false;
  // A page that goes on complaining would otherwise keep open what nobody decides about.
  return !isHeld(state) || agentId === ownerAgent || agentId === state.claimedBy;
}

/** Whether any of them does. While an episode goes on none is looked at: a storm has thousands of them, and asks for each page of the log. */
export const needsAnyDecision = (
  state: IncidentState,
  occurrences: RecordOccurrences['occurrences'],
  ownerAgent: string | undefined,
): boolean =>
  (!state.known || state.overAtMs !== undefined) &&
  occurrences.some((occurrence) => needsDecision(state, occurrence, ownerAgent));

/** Said to be over, and nothing was done about it nor anybody told: only who answers for the service, or said so, contradicts. */
const isHeld = ({ state, wasEscalated }: IncidentEpisode): boolean => state === 'mitigated' && !wasEscalated;

/** The same outage goes on. What was seen before it was said to be over counts for nothing any more. */
function reopen(
  { incidentId, count }: IncidentEpisode,
  late: number,
  contradicting: RecordOccurrences['occurrences'],
  ownerAgent: string | undefined,
): IncidentEvent[] {
  const [first] = contradicting;
  if (first === undefined) return [];
  const reopened: IncidentEvent = {
    type: 'IncidentReopened',
    data: { incident_id: incidentId, reason_code: REPORTED_AGAIN },
  };
  return [reopened, ...grow({ incidentId, count: count + late, evidence: first.evidence }, contradicting, ownerAgent)];
}

function open(state: IncidentState, command: RecordOccurrences, index: number): IncidentEvent[] {
  const [first, ...rest] = command.occurrences.slice(index);
  if (first === undefined) return [];
  const opened = openIncident(command, state.known ? state.episode + 1 : 1, first);
  const { incident_id: incidentId } = opened.data;
  return [opened, ...grow({ incidentId, count: 1, evidence: first.evidence }, rest, command.ownerAgent)];
}

/** Opens an episode with its first report. */
export const openIncident = (
  { key, fingerprint, target, errorType, severity }: DescribedFault,
  episode: number,
  { observedAtMs, evidence }: { observedAtMs: number; evidence: IncidentEvidence },
): IncidentOpened => ({
  type: 'IncidentOpened',
  data: {
    incident_id: `${key}-${episode}`,
    episode,
    fingerprint,
    target,
    error_type: errorType,
    severity,
    opened_at: new Date(observedAtMs).toISOString(),
    evidence,
  },
});

function grow(
  state: Pick<IncidentEpisode, 'incidentId' | 'count' | 'evidence'>,
  added: RecordOccurrences['occurrences'],
  ownerAgent: string | undefined,
): IncidentEvent[] {
  const last = added.at(-1);
  if (last === undefined) return [];
  return [
    {
      type: 'IncidentGrew',
      data: {
        incident_id: state.incidentId,
        added: added.length,
        count: state.count + added.length,
        through_position: formatPosition(last.position),
        evidence: added.reduce((picked, { evidence }) => pickEvidence(picked, evidence, ownerAgent), state.evidence),
      },
    },
  ];
}
