import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';

type IncidentPhase = 'none' | 'open' | 'healing' | 'mitigated' | 'resolved' | 'escalated';

interface IncidentTrace {
  phase: IncidentPhase;
  incidentId: string;
  fixId: string;
  episode: number;
  count: number;
}

const LIVE: readonly IncidentPhase[] = ['open', 'healing', 'mitigated'];

/** From where each event may come, and where it leads; growing changes no state. */
const MOVES: Readonly<Record<string, { from: readonly IncidentPhase[]; to?: IncidentPhase }>> = {
  // A further episode begins only when somebody has said that the one before is over.
  IncidentOpened: { from: ['none', 'resolved', 'mitigated'], to: 'open' },
  // Late reports belong to an episode that has ended already.
  IncidentGrew: { from: ['open', 'healing', 'mitigated', 'resolved', 'escalated'] },
  IncidentHealing: { from: LIVE, to: 'healing' },
  IncidentMitigated: { from: ['open', 'escalated'], to: 'mitigated' },
  IncidentResolved: { from: LIVE, to: 'resolved' },
  IncidentEscalated: { from: LIVE, to: 'escalated' },
};

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
  if (MOVES[type]?.from.includes(incident.phase) !== true) return `${type} while the incident is ${incident.phase}`;
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
  incident.phase = MOVES[type]?.to ?? incident.phase;
  if (type === 'IncidentOpened')
    Object.assign(incident, { incidentId: readText(data, 'incident_id'), fixId: '', episode: incident.episode + 1, count: 1 });
  if (type === 'IncidentGrew') incident.count = readNumber(data, 'count');
  if (type === 'IncidentHealing') incident.fixId = readText(data, 'fix_id');
}
