import type { VNode } from 'preact';
import { Icon } from '../parts/Icon.tsx';
import type { Check } from './incident-story.ts';

/** What the orchestrator's own probes found: an agent's word alone heals nothing. */
export function Checks({ checks }: { checks: readonly Check[] }): VNode {
  return (
    <section aria-labelledby="checks">
      <h2 id="checks">How it was checked</h2>
      {checks.length === 0 && <p class="quiet">There was nothing to check.</p>}
      {checks.map((check) => (
        <CheckCard key={check.started.event.event_id} check={check} />
      ))}
    </section>
  );
}

const CheckCard = ({ check: { started, probes, verdict } }: { check: Check }): VNode => (
  <article class="card">
    <p class="sentence">{started.sentence.text}</p>
    <ol class="probes" aria-label="Probes">
      {probes.map(({ told, ok }) => (
        <li key={told.event.event_id} class={ok ? 'tone-good' : 'tone-bad'} title={told.sentence.text}>
          <Icon name={ok ? 'check' : 'cross'} />
          <span class="unseen">{told.sentence.text}</span>
        </li>
      ))}
    </ol>
    <p class={`sentence tone-${verdict?.sentence.tone ?? 'plain'}`}>{verdict?.sentence.text ?? 'No verdict yet.'}</p>
  </article>
);
