import type { TimelineEntry } from '../api/incident.schema.ts';

/** Why an event is there: another one of the story, one outside of it, or nothing that was recorded. */
export type Cause = { kind: 'entry'; entry: TimelineEntry } | { kind: 'elsewhere'; eventId: string } | { kind: 'none' };

/** Finds the cause of every entry. */
export class Causes {
  private readonly byId: ReadonlyMap<string, TimelineEntry>;

  constructor(private readonly timeline: readonly TimelineEntry[]) {
    this.byId = new Map(timeline.map((entry) => [entry.event_id, entry]));
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
  private findCommand({ type, data }: TimelineEntry): TimelineEntry | undefined {
    if (type !== 'ResultReported') return undefined;
    return this.timeline.find((other) => other.type === 'FixCommanded' && other.data['command_id'] === data['command_id']);
  }

  /** A timer has no message that caused it: what it leads to is stored with it, in the same append. */
  private findFiring(entry: TimelineEntry): TimelineEntry | undefined {
    return this.timeline.findLast(
      (other) =>
        other.type === 'TimerFired' &&
        other.stream === entry.stream &&
        other.recorded_at === entry.recorded_at &&
        other.version < entry.version,
    );
  }

  /** And a timer fires because it was set. */
  private findSetting(entry: TimelineEntry): TimelineEntry | undefined {
    if (entry.type !== 'TimerFired') return undefined;
    return this.timeline.find(
      ({ type, stream, data }) =>
        type === 'TimerSet' &&
        stream === entry.stream &&
        data['name'] === entry.data['name'] &&
        data['generation'] === entry.data['generation'],
    );
  }
}
