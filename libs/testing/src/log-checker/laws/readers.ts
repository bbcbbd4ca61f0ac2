import type { CheckFrame } from '../evidence.ts';
import { type Law, violation } from '../law.ts';

/** Readers that always exist where a log has events: without a checkpoint they never ran. */
const PROJECTIONS = ['incident_list', 'service_list', 'fix_timers'];

/** `reader-ahead`: nobody has read what isn't stored. `reader-behind`: when all is quiet, everybody has read everything. */
export function createReaderLaw({ head, checkpoints, options }: CheckFrame): Law {
  return {
    finish() {
      const names = new Set([...checkpoints.keys(), ...PROJECTIONS]);
      return [...names].flatMap((name) => {
        const position = checkpoints.get(name) ?? 0;
        const sentence = `${name} stands at ${position} and the head at ${head.position}`;
        if (position > head.position) return [violation('reader-ahead', sentence, { positions: [position], ids: [name] })];
        if (position === head.position || options.quiescent !== true) return [];
        return [violation('reader-behind', sentence, { positions: [position], ids: [name] })];
      });
    },
  };
}
