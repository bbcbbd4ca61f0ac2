import type { VNode } from 'preact';
import { formatInstant } from '../time/ago.ts';
import { Details } from './Details.tsx';
import type { Attempt } from './incident-story.ts';

/** What was tried, and what the agent said of it. */
export function Attempts({ attempts }: { attempts: readonly Attempt[] }): VNode {
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">What was tried</h2>
      {attempts.length === 0 && <p class="quiet">Nothing has been tried.</p>}
      <ol class="plain-list">
        {attempts.map(({ told, title, answers }) => (
          <li key={told.event.event_id} class="card">
            <h3>{title}</h3>
            <p class={`sentence tone-${told.sentence.tone}`} title={formatInstant(told.event.recorded_at)}>
              {told.sentence.text}
            </p>
            <ul class="answers">
              {answers.map(({ event, sentence }) => (
                <li key={event.event_id} class={`tone-${sentence.tone}`} title={formatInstant(event.recorded_at)}>
                  {sentence.text}
                  <Details lines={sentence.details} />
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
    </section>
  );
}
