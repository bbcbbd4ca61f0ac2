import { describe, expect, it } from '@jest/globals';
import { Narrator, plain } from '#libs/contracts';
import { Coverage, writeStory } from './hostile-stories.ts';
import { loadHostileStrings } from './hostile-strings.ts';
import { listShapes } from './shown-fields.ts';

const { from, strings } = loadHostileStrings();

describe(`hostile strings (${from}) in sentences`, () => {
  it('are told to the letter and in plain text, each in every field that is shown', () => {
    const [narrator, coverage] = [new Narrator(), new Coverage()];
    const odd: string[] = [];
    for (const written of writeStory(listShapes(), strings, 1)) {
      const { entry } = written;
      const { text, details } = narrator.tell(entry).sentence;
      const lines = [text, ...details];
      odd.push(...lines.filter((line) => line !== plain(line)));
      coverage.note(written, [...lines, entry.type, entry.metadata['actor'], entry.caused_by].join());
    }
    const { summary, missed, leastSeen } = coverage.summarise(strings);
    process.stdout.write(`hostile strings in sentences: ${summary}\n`);
    expect({ odd, missed, leastSeen }).toEqual({ odd: [], missed: [], leastSeen: strings.length });
  }, 60_000);
});
