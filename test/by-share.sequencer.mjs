// Test files that need half the machine are spread over the beginning, while there are others to run beside them. Those that need all of
// it come last, one after another: in between each of them would have to wait for what runs beside it.
import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

/** So many others come between two halves, so that a third one seldom has to wait for its turn. */
const BETWEEN = 8;

const shareOf = ({ path }) => /^\/\*\* @machine (\w+) \*\//.exec(readFileSync(path, 'utf8'))?.[1];

export default class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests).map((test) => ({ test, share: shareOf(test) }));
    const withShare = (wanted) => sorted.filter(({ share }) => share === wanted).map(({ test }) => test);
    const halves = withShare('half');
    const spread = withShare(undefined).flatMap((test, index) => [...(index % BETWEEN === 0 ? halves.splice(0, 1) : []), test]);
    return [...spread, ...halves, ...withShare('alone')];
  }
}
