import type { Fields } from './fields.ts';
import type { StoryMemory } from './story-memory.ts';
import type { Tone } from './tone.ts';

/** What an event says to a person. */
export interface Sentence {
  text: string;
  tone: Tone;
  /** Reasons and evidence, a line each. */
  details: readonly string[];
}

/** Makes the sentence of one event type. `memory` knows what earlier events said. */
export type Teller = (data: Fields, memory: StoryMemory, recordedAt: string) => Sentence;

export const say = (tone: Tone, text: string, details: readonly (string | undefined)[] = []): Sentence => ({
  text,
  tone,
  details: details.flatMap((detail) => (detail === undefined || detail === '' ? [] : [detail])),
});

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
