import type { VNode } from 'preact';
import { type Cause, formatDuration, plain, type TimelineEntry, type Told } from '#libs/contracts';
import { RawJson } from '../parts/RawJson.tsx';
import { formatInstant } from '../time/ago.ts';
import { Details } from './Details.tsx';

interface ItemProps {
  told: Told<TimelineEntry>;
  cause: Cause;
  shownIds: ReadonlySet<string>;
}

export function TimelineItem({ told: { event, sentence }, cause, shownIds }: ItemProps): VNode {
  const { recorded_at: at, since_opened_ms: sinceMs, type, metadata } = event;
  return (
    <li id={anchorOf(event)} tabIndex={-1} class={`entry tone-${sentence.tone}`}>
      <time dateTime={at} title={plain(formatInstant(at))}>
        {sinceMs < 0 ? formatDuration(sinceMs) : `+${formatDuration(sinceMs)}`}
      </time>
      <div>
        <p class="sentence">{sentence.text}</p>
        <Details lines={sentence.details} />
        <div class="entry-meta">
          <span>{plain(type)}</span>
          <span>by {plain(metadata['actor'] ?? 'nobody named')}</span>
          <CauseOf cause={cause} shownIds={shownIds} />
          <RawJson value={event} label={`raw event ${plain(event.position)}`} />
        </div>
      </div>
    </li>
  );
}

const anchorOf = ({ position }: TimelineEntry): string => `entry-${plain(position)}`;

function CauseOf({ cause, shownIds }: { cause: Cause; shownIds: ReadonlySet<string> }): VNode | null {
  switch (cause.kind) {
    case 'none':
      return null;
    case 'elsewhere':
      return <span>because of {plain(cause.eventId)}</span>;
    case 'entry': {
      const { entry } = cause;
      const text = `because of ${plain(entry.type)} ${plain(entry.position)}`;
      return shownIds.has(entry.event_id) ? <a href={`#${anchorOf(entry)}`}>{text}</a> : <span>{text}</span>;
    }
  }
}
