import type { JsonObject } from '#libs/contracts';
import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import { QUARANTINED } from './fix-move-table.ts';

/** `over`: a person was told of it, and then it was said to be over. */
export type IncidentPhase = 'none' | 'open' | 'healing' | 'mitigated' | 'over' | 'resolved' | 'escalated';

interface IncidentTrace {
  phase: IncidentPhase;
  incidentId: string;
  fixId: string;
  episode: number;
  count: number;
}

type Moves = Readonly<Partial<Record<IncidentPhase, IncidentPhase>>>;

const endsAs = (end: IncidentPhase): Moves => ({ open: end, healing: end, mitigated: end, over: end });

/** Where each event leads from a phase; what isn't named must not happen there. Growing is below. */
const MOVES: Readonly<Record<string, Moves>> = {
  // What goes on after it was said to be over is the same episode, unless somebody was told of its end.
  IncidentOpened: { none: 'open', resolved: 'open', over: 'open' },
  IncidentReopened: { mitigated: 'open', healing: 'open' },
  IncidentHealing: endsAs('healing'),
  IncidentMitigated: { open: 'mitigated', escalated: 'over' },
  IncidentResolved: endsAs('resolved'),
  IncidentEscalated: endsAs('escalated'),
};

/** Late reports belong to an episode that has ended already. */
export function moveIncident(phase: IncidentPhase, type: string, data: JsonObject): IncidentPhase | undefined {
  if (type === 'IncidentGrew' && phase !== 'none') return phase;
  // What was over needs a person again where the undo of its fix did not come through.
  const reason = readText(data, 'reason_code');
  const isUndo = type === 'IncidentEscalated' && (reason.startsWith('undo-') || reason === QUARANTINED);
  return isUndo && phase === 'resolved' ? 'escalated' : MOVES[type]?.[phase];
}

/** `illegal-incident-move`: an incident moves only as its table says, and its count is that of its growth. */
export function createIncidentMoveLaw(): Law {
  const incidents = new Map<string, IncidentTrace>();
  return {
    observe(event) {
      if (!event.stream.startsWith('incident-')) return [];
      const incident = incidents.get(event.stream) ?? { phase: 'none', incidentId: '', fixId: '', episode: 0, count: 0 };
      incidents.set(event.stream, incident);
      const objection = objectTo(incident, event);
      if (objection !== undefined)
        return [violation('illegal-incident-move', objection, { positions: [event.position], ids: [event.stream] })];
      apply(incident, event);
      return [];
    },
  };
}

function objectTo(incident: IncidentTrace, { stream, type, data }: LogEvent): string | undefined {
  const incidentId = readText(data, 'incident_id');
  if (moveIncident(incident.phase, type, data) === undefined) return `${type} while the incident is ${incident.phase}`;
  if (type === 'IncidentOpened') {
    if (readNumber(data, 'episode') !== incident.episode + 1) return `${incidentId} follows episode ${incident.episode}`;
    return stream === `incident-${incidentId.slice(0, incidentId.lastIndexOf('-'))}`
      ? undefined
      : `${incidentId} is in ${stream}`;
  }
  if (incidentId !== incident.incidentId) return `${type} of ${incidentId} while ${incident.incidentId} is the latest`;
  if (type === 'IncidentGrew' && readNumber(data, 'count') !== incident.count + readNumber(data, 'added'))
    return `${readNumber(data, 'added')} more than ${incident.count} is not ${readNumber(data, 'count')}`;
  if (type === 'IncidentHealing' && readText(data, 'fix_id') === incident.fixId) return 'the same fix begins twice';
  return undefined;
}

function apply(incident: IncidentTrace, { type, data }: LogEvent): void {
  incident.phase = moveIncident(incident.phase, type, data) ?? incident.phase;
  if (type === 'IncidentOpened')
    Object.assign(incident, { incidentId: readText(data, 'incident_id'), fixId: '', episode: incident.episode + 1, count: 1 });
  if (type === 'IncidentGrew') incident.count = readNumber(data, 'count');
  if (type === 'IncidentHealing') incident.fixId = readText(data, 'fix_id');
}
