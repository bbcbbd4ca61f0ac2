import type { StoredEvent } from '#libs/event-store';
import type { World } from '../world.ts';

/** What an event is an instance of, beside its type: a law that is about it has something to judge. */
function* namesOf({ type, data }: StoredEvent): Iterable<string> {
  yield type;
  const { phase, attempt, episode, verdict } = data;
  const reason = String(data['reason_code']);
  if (type === 'ResultReported') yield phase === 'refused' ? `refused: ${reason}` : `result: ${String(phase)}`;
  if (type === 'FixCommanded' && Number(attempt) > 1) yield 'another attempt';
  if (type === 'IncidentOpened' && Number(episode) > 1) yield 'another episode';
  if (type === 'DecisionMade') yield `${String(verdict)}: ${reason}`;
  if (type === 'UndoBegun') yield `undo: ${reason}`;
}

/** All that happened in a world at least once. */
export const listOccurrences = ({ database }: World): string[] => [
  ...new Set(database.index.events.flatMap((event) => [...namesOf(event)])),
];
