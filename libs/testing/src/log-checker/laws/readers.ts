import type { CheckFrame } from '../evidence.ts';
import { type Law, violation } from '../law.ts';
import { readModelReader } from './read-model.ts';

const READ_MODELS = [
  'errors',
  'dead_letters',
  'incidents',
  'decisions',
  'fixes',
  'fix_timers',
  'escalations',
  'services',
  'agents',
  'error_patterns',
];

/**
 * Who follows the log in every orchestrator. Written out: without a checkpoint one of them never ran, and a checkpoint that
 * somebody left behind who no longer exists says nothing.
 */
export const READERS: readonly string[] = [
  ...READ_MODELS.map(readModelReader),
  'incidents',
  'healing',
  'command-relay',
  'escalations',
  'feed',
];

/** `reader-ahead`: nobody has read what isn't stored. `reader-behind`: each of them has read what it had time to read. */
export function createReaderLaw({ head, checkpoints, options: { readThrough = 0 } }: CheckFrame): Law {
  return {
    finish() {
      const names = new Set([...checkpoints.keys(), ...READERS]);
      return [...names].flatMap((name) => {
        const position = checkpoints.get(name) ?? 0;
        const sentence = `${name} stands at ${position} and the head at ${head.position}`;
        const place = { positions: [position], ids: [name] };
        if (position > head.position) return [violation('reader-ahead', sentence, place)];
        if (position >= Math.min(readThrough, head.position) || !READERS.includes(name)) return [];
        return [violation('reader-behind', `${sentence}; it had time to read up to ${readThrough}`, place)];
      });
    },
  };
}
