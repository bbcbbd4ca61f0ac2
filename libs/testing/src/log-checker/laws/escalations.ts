import type { CheckFrame } from '../evidence.ts';
import { readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';
import type { Violation } from '../violation.ts';

const BACK_WITHIN_MS = 600_000;

/** The reader of the log that raises escalations. */
const READER = 'escalations';

/**
 * `two-escalations`: of one root cause one escalation is open at a time, only an open one or one of the last ten minutes is joined, only
 * an open one is closed, and an incident is
 * in no more than one. `escalation-missing`: every incident that was given up is in one, as far as their reader has read.
 */
export function createEscalationLaw({ checkpoints }: CheckFrame): Law {
  const openOf = new Map<string, string>();
  const closed = new Map<string, { id: string; atMs: number }>();
  const escalationOf = new Map<string, string>();
  const givenUp = new Map<string, number>();
  const read = checkpoints.get(READER) ?? 0;

  const two = ({ position }: LogEvent, sentence: string, ...ids: string[]): Violation[] => [
    violation('two-escalations', sentence, { positions: [position], ids }),
  ];

  function raise(event: LogEvent, root: string, id: string): Violation[] {
    const open = openOf.get(root);
    openOf.set(root, id);
    return open === undefined ? [] : two(event, `${id} was raised while ${open} was open for ${root}`, open, id);
  }

  function takeIn(event: LogEvent, id: string): Violation[] {
    const incidentId = readText(event.data, 'incident_id');
    if (incidentId === '') return [];
    const other = escalationOf.get(incidentId);
    escalationOf.set(incidentId, id);
    return other === undefined ? [] : two(event, `${incidentId} is in ${other} and in ${id}`, incidentId);
  }

  /** What is back soon after it was over is the same. */
  function reopen({ recordedAtMs }: LogEvent, root: string, id: string): void {
    const before = closed.get(root);
    const isSoon = before?.id === id && recordedAtMs - before.atMs <= BACK_WITHIN_MS;
    if (isSoon && !openOf.has(root)) openOf.set(root, id);
  }

  function needOpen(event: LogEvent, root: string, id: string): Violation[] {
    return openOf.get(root) === id ? [] : two(event, `${event.type} of ${id}, which was not open for ${root}`, id);
  }

  return {
    observe(event) {
      const [root, id] = [readText(event.data, 'root'), readText(event.data, 'escalation_id')];
      switch (event.type) {
        case 'IncidentEscalated':
          givenUp.set(readText(event.data, 'incident_id'), event.position);
          return [];
        case 'EscalationRaised':
          return [...raise(event, root, id), ...takeIn(event, id)];
        case 'EscalationJoined':
          reopen(event, root, id);
          return [...needOpen(event, root, id), ...takeIn(event, id)];
        case 'EscalationClosed': {
          const found = needOpen(event, root, id);
          openOf.delete(root);
          closed.set(root, { id, atMs: event.recordedAtMs });
          return found;
        }
        default:
          return [];
      }
    },
    finish: () =>
      [...givenUp].flatMap(([incidentId, position]) =>
        escalationOf.has(incidentId) || position > read
          ? []
          : [
              violation('escalation-missing', `${incidentId} was given up, and is in no escalation`, {
                positions: [position],
                ids: [incidentId],
              }),
            ],
      ),
  };
}
