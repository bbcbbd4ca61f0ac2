import type { CheckFrame } from '../evidence.ts';
import { readNumber, readText } from '../fields.ts';
import { type Law, type LogEvent, violation } from '../law.ts';

/** The reader of the log that counts reports into incidents. It stands before the first one that isn't counted yet. */
const READER = 'incidents';

interface Count {
  reported: number;
  /** Of those, the ones that were read and counted by then. */
  read: number;
  counted: number;
}

/**
 * `report-uncounted`: the incidents of a fault on a target count each of its reports once, in all their episodes together: no fewer than
 * were read, and never more than there are.
 */
export function createIncidentCountLaw({ checkpoints }: CheckFrame): Law {
  const through = checkpoints.get(READER) ?? 0;
  const faults = new Map<string, Count>();
  const faultOf = new Map<string, Count>();

  function find({ data }: LogEvent): Count {
    const key = `${readText(data, 'fingerprint')} on ${readText(data, 'target')}`;
    const count = faults.get(key) ?? { reported: 0, read: 0, counted: 0 };
    faults.set(key, count);
    return count;
  }

  return {
    observe(event) {
      if (event.type === 'ErrorReported') {
        const count = find(event);
        count.reported += 1;
        if (event.position <= through) count.read += 1;
      }
      if (event.type === 'IncidentOpened') {
        faultOf.set(event.stream, find(event));
        find(event).counted += 1;
      }
      const fault = faultOf.get(event.stream);
      if (event.type === 'IncidentGrew' && fault) fault.counted += readNumber(event.data, 'added');
      return [];
    },
    finish: () =>
      [...faults].flatMap(([key, { reported, read, counted }]) => {
        if (counted >= read && counted <= reported) return [];
        const sentence = `${counted} reports of ${key} are counted, of ${reported}, of which ${read} were read`;
        return [violation('report-uncounted', sentence, { ids: [key] })];
      }),
  };
}
