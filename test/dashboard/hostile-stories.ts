import { plain, type TimelineEntry } from '#libs/contracts';
import { fill, type Path, type Shape } from './shown-fields.ts';

/** A sentence cuts what is longer. */
const MAX_TEXT = 290;

/** An event of a story, and which strings it holds in which of its fields. */
export interface HostileEntry {
  entry: TimelineEntry;
  held: { field: string; strings: readonly string[] }[];
}

/** As many strings in a text as a sentence takes. */
function packTexts(strings: readonly string[]): string[][] {
  const packed: string[][] = [];
  let room = 0;
  for (const text of strings) {
    const needed = plain(text).length + 1;
    if (needed > room) packed.push([]);
    room = (needed > room ? MAX_TEXT : room) - needed;
    packed.at(-1)?.push(text);
  }
  return packed;
}

/**
 * Events of every shape in turn. Each field gets every `spread`th text, and the field after it those that come next: with 1 each
 * string comes into each field.
 */
export function writeStory(shapes: readonly Shape[], strings: readonly string[], spread: number): HostileEntry[] {
  const packed = packTexts(strings);
  const rounds = Math.ceil(packed.length / spread);
  return Array.from({ length: rounds }, (_, round) =>
    shapes.map(({ event, shown }, index) => {
      const held = shown.map((path, nth) => ({
        field: `${event.type} ${nameOf(path)}`,
        strings: packed[(round * spread + ((index + nth) % spread)) % packed.length] ?? [],
      }));
      const texts = held.map(({ strings: some }) => some.join(' '));
      return { entry: toEntry({ event, shown }, texts, { round, ordinal: round * shapes.length + index + 1 }), held };
    }),
  ).flat();
}

/** `guards.reason_code`, whichever guard it is of. */
const nameOf = (path: Path): string => path.filter((name) => typeof name === 'string' && name !== 'data').join('.');

function toEntry({ event, shown }: Shape, texts: readonly string[], at: { round: number; ordinal: number }): TimelineEntry {
  const position = String(at.ordinal);
  // An attempt and its answers belong together, and are few.
  const data = 'command_id' in event.data ? { ...event.data, command_id: `c${at.round}` } : event.data;
  return fill({ ...event, data, position, event_id: `e${position}`, since_opened_ms: at.ordinal }, shown, texts);
}

interface Summary {
  summary: string;
  /** Strings that the field has seen that saw the fewest, and fields that have seen the string that fewest saw. */
  leastSeen: number;
  leastFields: number;
  /** What was not to be found where it should have been. */
  missed: readonly string[];
}

/** Which string was seen in which field. */
export class Coverage {
  private readonly fields = new Map<string, Set<string>>();
  private readonly missed: string[] = [];

  /** @param shown what the page shows of the entry */
  note({ held }: HostileEntry, shown: string): void {
    const text = comparable(shown);
    for (const { field, strings } of held) {
      const seen = this.fields.get(field) ?? new Set();
      this.fields.set(field, seen);
      for (const string of strings) {
        if (text.includes(comparable(plain(string).slice(0, MAX_TEXT - 1)))) seen.add(string);
        else this.missed.push(`${field}: ${string}`);
      }
    }
  }

  summarise(strings: readonly string[]): Summary {
    const seen = [...this.fields.values()];
    const types = new Set([...this.fields.keys()].map((field) => field.split(' ')[0]));
    const leastSeen = Math.min(...seen.map(({ size }) => size));
    const leastFields = Math.min(...strings.map((text) => seen.filter((some) => some.has(text)).length));
    const summary =
      `${seen.length} fields of ${types.size} types of events, each with at least ${leastSeen} of ${strings.length} strings; ` +
      `each string in at least ${leastFields} fields`;
    return { summary, leastSeen, leastFields, missed: this.missed };
  }
}

/** Words set others between the parts of a code; the letters stay. */
const comparable = (text: string): string => text.replaceAll(/[\s_-]/gu, '');
