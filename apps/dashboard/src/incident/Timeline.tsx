import type { VNode } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { Causes, isBookkeeping, plural, type TimelineEntry, type Told } from '#libs/contracts';
import { TimelineItem } from './TimelineItem.tsx';

interface TimelineProps {
  told: readonly Told<TimelineEntry>[];
  timeline: readonly TimelineEntry[];
  /** How many events of the story were left out of it. */
  omitted: number;
}

export function Timeline({ told, timeline, omitted }: TimelineProps): VNode {
  const [isComplete, setComplete] = useState(false);
  const causes = useMemo(() => new Causes(timeline), [timeline]);
  const shown = isComplete ? told : told.filter(({ event }) => !isBookkeeping(event));
  const shownIds = new Set(shown.map(({ event }) => event.event_id));
  const bookkeeping = told.filter(({ event }) => isBookkeeping(event)).length;
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">Timeline</h2>
      {bookkeeping > 0 && (
        <label class="checkbox">
          <input type="checkbox" checked={isComplete} onChange={({ currentTarget: { checked } }) => setComplete(checked)} />
          show {plural(bookkeeping, 'timer and reservation event')}
        </label>
      )}
      {omitted > 0 && <p class="omitted">{plural(omitted, 'event')} in between left out, as they only repeat</p>}
      <ol class="timeline">
        {shown.map((entry) => (
          <TimelineItem key={entry.event.event_id} told={entry} cause={causes.find(entry.event)} shownIds={shownIds} />
        ))}
      </ol>
    </section>
  );
}
