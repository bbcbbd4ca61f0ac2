import { useEffect, useRef } from 'preact/hooks';
import type { RefObject, VNode } from 'preact';
import { type Kind, KINDS } from '../live/kinds.ts';
import { MAX_ROWS } from '../live/log-window.ts';
import { Icon } from '../parts/Icon.tsx';
import { Notice } from '../parts/Notice.tsx';
import { StreamRow } from './StreamRow.tsx';
import { catchUp, isPaused, kind, pause, rows, scrolled, waiting } from './stream-view.ts';

/** A finger's width: the first row is still in sight. */
const AWAY_PX = 16;

const NAMES: Record<Kind, string> = {
  story: 'the story',
  incidents: 'incidents',
  decisions: 'decisions and guards',
  fixes: 'fixes',
  checks: 'checks and verdicts',
  services: 'services and agents',
  reports: 'reports and results',
  access: 'API keys',
  everything: 'everything, with timers',
};

export function StreamSection(): VNode {
  const list = useRef<HTMLDivElement>(null);
  // Whoever comes back to this page finds the list at its top.
  useEffect(() => () => scrolled(false), []);
  return (
    <section class="stream" aria-labelledby="stream">
      <h2 id="stream">
        Live stream <span class="aside">UTC</span>
      </h2>
      <div class="stream-tools">
        <KindChoice list={list} />
        <button type="button" class="button" aria-pressed={isPaused.value} onClick={() => pause(!isPaused.value)}>
          <Icon name={isPaused.value ? 'play' : 'pause'} />
          Pause
        </button>
      </div>
      <div class="stream-frame">
        <Waiting list={list} />
        <div
          ref={list}
          class="stream-rows"
          tabIndex={0}
          role="region"
          aria-label="Events, the latest first, times in UTC"
          onScroll={({ currentTarget }) => scrolled(currentTarget.scrollTop > AWAY_PX)}
        >
          <Rows />
        </div>
      </div>
    </section>
  );
}

function KindChoice({ list }: { list: RefObject<HTMLDivElement | null> }): VNode {
  const choose = (value: string): void => {
    kind.value = KINDS.find((known) => known === value) ?? 'story';
    list.current?.scrollTo(0, 0);
  };
  return (
    <label class="choice">
      <span>Show</span>
      <select value={kind.value} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {KINDS.map((name) => (
          <option key={name} value={name}>
            {NAMES[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

function Waiting({ list }: { list: RefObject<HTMLDivElement | null> }): VNode | null {
  const count = waiting.value;
  if (count === 0) return null;
  const show = (): void => {
    catchUp();
    list.current?.scrollTo(0, 0);
    list.current?.focus();
  };
  return (
    <button type="button" class="waiting" onClick={show}>
      <Icon name="up" />
      {count >= MAX_ROWS ? `more than ${MAX_ROWS}` : count} new
    </button>
  );
}

function Rows(): VNode {
  const shown = rows.value;
  if (shown.length === 0) {
    return (
      <Notice title="Nothing to show yet.">
        <p>Events come in here as the log grows.</p>
      </Notice>
    );
  }
  return (
    <ol class="events">
      {shown.map((row) => (
        <StreamRow key={row.event.position} row={row} />
      ))}
    </ol>
  );
}
