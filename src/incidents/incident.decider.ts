import { formatPosition } from '#libs/contracts';
import { pickEvidence } from './evidence.ts';
import type { IncidentCommand, RecordOccurrences } from './incident.commands.ts';
import type { IncidentEvent } from './incident.events.ts';
import type { IncidentEpisode, IncidentState } from './incident.ts';

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
      return [
        { type: 'IncidentHealing', data: { incident_id: state.incidentId, fix_id: command.fixId, strategy: command.strategy } },
      ];
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
      if (!isLive(state)) return [];
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
    case 'MitigateIncident':
      if (state.state !== 'open' && state.state !== 'escalated') return [];
      // A claim that is read again after a crash knows nothing of what was reported since.
      if (command.claimPosition < state.throughPosition) return [];
      return [{ type: 'IncidentMitigated', data: { incident_id: state.incidentId, claimed_by: command.claimedBy } }];
  }
}

const isLive = (state: IncidentEpisode): boolean => state.state !== 'resolved' && state.state !== 'escalated';

function recordOccurrences(state: IncidentState, command: RecordOccurrences): IncidentEvent[] {
  const fresh = state.known
    ? command.occurrences.filter(({ position }) => position > state.throughPosition)
    : command.occurrences;
  const reopening = fresh.findIndex(({ observedAtMs }) => startsEpisode(state, observedAtMs));
  if (reopening === -1) return state.known ? grow(state, fresh, command.ownerAgent) : [];

  const late = state.known ? grow(state, fresh.slice(0, reopening), command.ownerAgent) : [];
  const opened = open(state, command, reopening + command.occurrences.length - fresh.length);
  return [...late, ...opened];
}

/** What was observed before an episode was over belongs to it, however late it comes in; what comes after is decided anew. */
export const startsEpisode = (state: IncidentState, observedAtMs: number): boolean =>
  !state.known || (state.overAtMs !== undefined && observedAtMs > state.overAtMs);

function open(state: IncidentState, command: RecordOccurrences, index: number): IncidentEvent[] {
  const [first, ...rest] = command.occurrences.slice(index);
  if (first === undefined) return [];
  const episode = state.known ? state.episode + 1 : 1;
  const incidentId = `${command.key}-${episode}`;
  const opened: IncidentEvent = {
    type: 'IncidentOpened',
    data: {
      incident_id: incidentId,
      episode,
      fingerprint: command.fingerprint,
      target: command.target,
      error_type: command.errorType,
      severity: command.severity,
      opened_at: new Date(first.observedAtMs).toISOString(),
      evidence: first.evidence,
    },
  };
  return [opened, ...grow({ incidentId, count: 1, evidence: first.evidence }, rest, command.ownerAgent)];
}

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
