import { computed } from '@preact/signals';
import { Component, type VNode } from 'preact';
import { plain } from '#libs/contracts';
import { incidentAddress } from '../lists/incident-filter.ts';
import type { LogRow } from '../live/log-window.ts';
import { formatInstant, formatTime } from '../time/ago.ts';
import { today } from '../time/clock.ts';

/** An event never changes, so its row is drawn once; only its day may be over. */
export class StreamRow extends Component<{ row: LogRow }> {
  override shouldComponentUpdate(): boolean {
    return false;
  }

  override render({ row: { event, sentence, subject, incidentId } }: { row: LogRow }): VNode {
    const at = plain(event.recorded_at);
    return (
      <li class={`event tone-${sentence.tone}`} data-position={event.position}>
        <time dateTime={at} title={formatInstant(at)}>
          {computed(() => formatTime(at, today.value))}
        </time>
        <span class="event-subject">{subject}</span>
        <p>
          {sentence.text}
          {incidentId !== undefined && (
            <>
              {' '}
              <a href={incidentAddress(incidentId)} aria-label={`incident ${plain(incidentId)}`}>
                incident
              </a>
            </>
          )}
        </p>
      </li>
    );
  }
}
