import { formatDuration } from '../duration.ts';
import type { Fields } from '../fields.ts';
import type { StoryMemory } from '../story-memory.ts';
import { explainReason } from '../reasons.ts';
import { say, type Sentence, type Teller } from '../sentence.ts';

const WHY: ReadonlyMap<string, string> = new Map([
  ['outcome-unknown', 'because nobody knows whether the command was carried out'],
  ['recovered-before-retry', 'because it works again before the next attempt'],
  ['recovered-before-fix', 'because its agent says that it works again, and nothing was done'],
]);

export const VERIFICATION_TELLERS: Readonly<Record<string, Teller>> = {
  VerificationStarted: (data) => {
    const [every, most] = [data.number('probe_interval_ms') ?? 0, data.number('max_window_ms') ?? 0];
    const text = `the orchestrator checks: ${data.text('required_clean')} clean probes in a row, ${formatDuration(every)} apart, within ${formatDuration(most)}`;
    return say('plain', text, [WHY.get(data.text('because'))]);
  },
  ProbeObserved: tellProbe,
  VerdictReached: (data) => {
    const isGood = data.find('verdict') === 'verified' || data.find('verdict') === 'superseded';
    const why = data.find('verdict') === 'verified' ? '' : `; ${explainReason(data.text('reason_code'))}`;
    return say(isGood ? 'good' : 'bad', `verdict: ${data.text('verdict')}, ${tellClean(data)}${why}`, tellExposures(data));
  },
  VerdictRevoked: tellRevoked,
};

function tellClean(data: Fields): string {
  const [probes, required] = [data.text('clean_probes'), data.text('required_clean')];
  const counted = data.within('exposures').number('clean_in_a_row') ?? 0;
  return counted === 0
    ? `${probes} of ${required} probes clean`
    : `${probes} probes and ${counted} requests clean, of ${required}`;
}

/** What agents have counted since the fix, and what is usual. */
function tellExposures(data: Fields): (string | undefined)[] {
  const exposures = data.within('exposures');
  const [others, own, traffic] = [exposures.within('others'), exposures.within('own'), exposures.within('traffic')];
  return [
    tellCounts(others, `counted by ${exposures.texts('counted_by').join(', ')}`),
    tellCounts(own, 'counted by its own agent, which speaks against the fix only'),
    tellTraffic(traffic),
  ];
}

/** Also that nobody came. */
const tellTraffic = (traffic: Fields): string | undefined =>
  traffic.number('requests') === undefined
    ? undefined
    : `${traffic.text('requests')} requests came where ${traffic.text('expected')} are usual`;

function tellCounts(counts: Fields, by: string): string | undefined {
  if ((counts.number('total') ?? 0) === 0) return undefined;
  return `${counts.text('total')} requests, of which ${counts.text('failed')} failed and ${counts.text('masked')} hid a failure by a retry: ${by}`;
}

function tellRevoked(data: Fields): Sentence {
  const [verdict, person] = [`the verdict "${data.text('revoked')}" is taken back`, data.find('undone_by')];
  if (person !== undefined) return say('warn', `${verdict}: ${person} wants the fix undone`);
  return say('bad', `${verdict}: the fault returned after ${formatDuration(data.number('after_ms') ?? 0)}`, [
    `it is incident ${data.text('because_incident_id')} now`,
  ]);
}

function tellProbe(data: Fields, memory: StoryMemory): Sentence {
  const { requiredClean } = memory.findOf(data);
  const clean = data.text('clean_in_a_row');
  const latency = formatDuration(data.number('latency_ms') ?? 0);
  if (!data.isTrue('ok')) return say('warn', `probe failed after ${latency}: ${explainReason(data.text('reason_code'))}`);
  return say('good', `probe ${clean}${requiredClean === undefined ? '' : ` of ${requiredClean}`} clean, ${latency}`);
}
