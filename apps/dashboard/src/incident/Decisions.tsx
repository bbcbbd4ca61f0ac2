import type { VNode } from 'preact';
import { Icon, type IconName } from '../parts/Icon.tsx';
import type { Decision, Word } from './incident-story.ts';

const ICONS: Record<Word['tone'], IconName> = { good: 'check', warn: 'clock', bad: 'cross' };

/** Why this fix, why not that one, and why nothing was done. */
export function Decisions({ decisions }: { decisions: readonly Decision[] }): VNode {
  return (
    <section aria-labelledby="decisions">
      <h2 id="decisions">Why</h2>
      {decisions.length === 0 && <p class="quiet">Nothing has been decided yet.</p>}
      {decisions.map((decision) => (
        <DecisionCard key={decision.told.event.event_id} decision={decision} />
      ))}
    </section>
  );
}

const DecisionCard = ({ decision: { told, candidates, guards } }: { decision: Decision }): VNode => (
  <article class="card">
    <p class={`sentence tone-${told.sentence.tone}`}>{told.sentence.text}</p>
    <div class="columns">
      <Words title="Strategies" words={candidates} empty="The rule names none." />
      <Words title="Guards, in the order in which they were asked" words={guards} empty="None was asked." />
    </div>
  </article>
);

function Words({ title, words, empty }: { title: string; words: readonly Word[]; empty: string }): VNode {
  return (
    <div>
      <h3>{title}</h3>
      {words.length === 0 && <p class="quiet">{empty}</p>}
      <ul class="words">
        {words.map(({ who, verdict, why, tone }, index) => (
          <li key={index} class={`tone-${tone}`}>
            <Icon name={ICONS[tone]} />
            <span>
              <strong>{who}</strong> {verdict}
              {why !== '' && `: ${why}`}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
