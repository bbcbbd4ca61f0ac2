// One test file that needs the machine alone after another, at the end: in between each of them would have to wait for the one beside it.
import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

const isAlone = ({ path }) => readFileSync(path, 'utf8').startsWith('/** @machine alone */');

export default class extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    return [...sorted.filter((test) => !isAlone(test)), ...sorted.filter(isAlone)];
  }
}
