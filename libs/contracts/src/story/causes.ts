import type { TimelineEntry } from '../api/incident.schema.ts';

/** Why an event is there: another one of the story, one outside of it, or nothing that was recorded. */
export type Cause = { kind: 'entry'; entry: TimelineEntry } | { kind: 'elsewhere'; eventId: string } | { kind: 'none' };

/** Finds the cause of every entry. Indexed once: a story may have thousands, each of which asks. */
export class Causes {
  private readonly byId: ReadonlyMap<string, TimelineEntry>;
  private readonly commands: Index;
  private readonly settings: Index;
  private readonly firings: Index;

  constructor(timeline: readonly TimelineEntry[]) {
    this.byId = new Map(timeline.map((entry) => [entry.event_id, entry]));
    this.commands = indexBy(timeline, 'FixCommanded', commandOf);
    this.settings = indexBy(timeline, 'TimerSet', timerOf);
    this.firings = indexBy(timeline, 'TimerFired', appendOf);
  }

  find(entry: TimelineEntry): Cause {
    if (entry.caused_by === null) return this.infer(entry);
    const cause = this.byId.get(entry.caused_by);
    return cause === undefined ? { kind: 'elsewhere', eventId: entry.caused_by } : { kind: 'entry', entry: cause };
  }

  private infer(entry: TimelineEntry): Cause {
    const cause = this.findCommand(entry) ?? this.findSetting(entry) ?? this.findFiring(entry);
    return cause === undefined ? { kind: 'none' } : { kind: 'entry', entry: cause };
  }

  /** An agent answers to a command, and names it. */
  private findCommand(entry: TimelineEntry): TimelineEntry | undefined {
    return entry.type === 'ResultReported' ? this.commands.get(commandOf(entry))?.[0] : undefined;
  }

  /** A timer has no message that caused it: what it leads to is stored with it, in the same append. */
  private findFiring(entry: TimelineEntry): TimelineEntry | undefined {
    return this.firings.get(appendOf(entry))?.findLast(({ version }) => version < entry.version);
  }

  /** And a timer fires because it was set. */
  private findSetting(entry: TimelineEntry): TimelineEntry | undefined {
    return entry.type === 'TimerFired' ? this.settings.get(timerOf(entry))?.[0] : undefined;
  }
}

/** Entries of one type under what others know them by, in their order. */
type Index = ReadonlyMap<string, readonly TimelineEntry[]>;

function indexBy(timeline: readonly TimelineEntry[], type: string, keyOf: (entry: TimelineEntry) => string): Index {
  const index = new Map<string, TimelineEntry[]>();
  for (const entry of timeline) {
    if (entry.type !== type) continue;
    const found = index.get(keyOf(entry));
    if (found === undefined) index.set(keyOf(entry), [entry]);
    else found.push(entry);
  }
  return index;
}

const commandOf = ({ data }: TimelineEntry): string => JSON.stringify(data['command_id'] ?? null);
const timerOf = ({ stream, data }: TimelineEntry): string => JSON.stringify([stream, data['name'], data['generation']]);
/** What one append stored in a stream. */
const appendOf = ({ stream, recorded_at }: TimelineEntry): string => `${recorded_at} ${stream}`;
