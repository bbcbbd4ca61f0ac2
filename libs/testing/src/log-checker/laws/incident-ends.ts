import type { CheckFrame } from '../evidence.ts';
import { readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import { type IncidentPhase, moveIncident } from './incident-moves.ts';

const LIVE: ReadonlySet<IncidentPhase> = new Set(['open', 'healing', 'mitigated']);
const ENDS: ReadonlySet<string> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned']);

interface Trace {
  phase: IncidentPhase;
  incidentId: string;
  openedAt: number;
  isDecided: boolean;
  /** How its latest fix ended, and where. */
  end?: { type: string; position: number } | undefined;
}

/**
 * `open-saga`, of incidents, when all is quiet: about each one that is open somebody has decided, and none goes on as if its fix
 * had not come to its end, as far as those who follow the log have read. Else a fault waits for nothing and nobody.
 */
export function createIncidentEndLaw({ options, checkpoints }: CheckFrame): Law {
  const isQuiet = options.quiescent === true || options.everyFixEnded === true;
  const readBy = (name: string): number => checkpoints.get(name) ?? 0;
  const incidents = new Map<string, Trace>();
  /** Of the latest episode, as others speak of it. */
  const find = ({ data }: LogEvent): Trace | undefined => {
    const incidentId = readText(data, 'incident_id');
    const trace = incidents.get(`incident-${incidentId.slice(0, incidentId.lastIndexOf('-'))}`);
    return trace?.incidentId === incidentId ? trace : undefined;
  };

  function follow({ stream, type, data, position }: LogEvent): void {
    const before = incidents.get(stream);
    const phase = moveIncident(before?.phase ?? 'none', type, data);
    if (phase === undefined) return;
    if (type === 'IncidentOpened')
      incidents.set(stream, { phase, incidentId: readText(data, 'incident_id'), openedAt: position, isDecided: false });
    else if (before) before.phase = phase;
  }

  function objectTo({ phase, openedAt, isDecided, end }: Trace): string | undefined {
    if (phase === 'open' && !isDecided && openedAt <= readBy('healing')) return 'nobody has decided about it';
    if (end === undefined || end.position > readBy('incidents')) return undefined;
    const isStuck = end.type === 'FixAbandoned' ? phase === 'healing' : LIVE.has(phase);
    return isStuck ? `it is ${phase} after ${end.type}` : undefined;
  }

  return {
    observe(event) {
      if (event.stream.startsWith('incident-')) follow(event);
      const trace = find(event);
      if (trace === undefined) return [];
      if (event.type === 'DecisionMade') trace.isDecided = true;
      if (event.type === 'FixCommanded') trace.end = undefined;
      if (ENDS.has(event.type)) trace.end = { type: event.type, position: event.position };
      return [];
    },
    finish: () =>
      (isQuiet ? [...incidents.values()] : []).flatMap((trace) => {
        const objection = objectTo(trace);
        if (objection === undefined) return [];
        const place = { positions: [trace.openedAt], ids: [trace.incidentId] };
        return [violation('open-saga', `${trace.incidentId}: ${objection}`, place)];
      }),
  };
}
