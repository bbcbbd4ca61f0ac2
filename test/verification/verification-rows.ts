import type { ExposureCounts, SeenExposures } from '#libs/fix-strategies';
import type { Answer, Script } from './scripted-service.ts';

/** A scripted service, what is known of it from the time before the fix, and what becomes of it. */
export interface Row {
  service: 'dead' | 'slow' | 'flapping' | 'masked' | 'quiet' | 'busy';
  /** What it does after the fix. */
  what: string;
  /** Verdict and reason. */
  word: string;
  /** Each one per ten seconds of the ten minutes before it was decided. */
  before?: { exposures?: SeenExposures; checks?: SeenExposures };
  /** Requests per second in the hour before the incident. */
  usual?: number;
  after: Script;
  users?: { retry?: boolean; countedBy?: 'own' };
}

/** As the one that stands in front of it has counted. */
export const NOBODY: ExposureCounts = { total: 0, failed: 0, masked: 0 };

const always = (answer: Answer) => (): Answer => answer;
/** The last one of so many is another answer than `ok`. */
const every =
  (count: number, answer: Answer) =>
  (index: number): Answer =>
    index % count === count - 1 ? answer : 'ok';

const WELL = { health: always('ok') };
const SLOW_BEFORE = { checks: { total: 10, failed: 5 } };
const BUSY_BEFORE = { exposures: { total: 100, failed: 5 } };

export const ROWS: readonly Row[] = [
  { service: 'dead', what: 'answers', after: WELL, word: 'verified clean-exposures' },
  { service: 'dead', what: 'never answers', after: { health: always('none') }, word: 'recurred probe:econnreset' },
  { service: 'slow', what: 'is quick', before: SLOW_BEFORE, after: WELL, word: 'verified clean-exposures' },
  {
    service: 'slow',
    what: 'is as slow as before',
    before: SLOW_BEFORE,
    after: { health: every(2, 'late') },
    word: 'recurred failure-rate-is-back',
  },
  { service: 'flapping', what: 'stays up', after: WELL, word: 'verified clean-exposures' },
  { service: 'flapping', what: 'comes and goes', after: { health: every(4, 'none') }, word: 'inconclusive window-ended' },
  { service: 'masked', what: 'needs no retries', after: WELL, users: { retry: true }, word: 'verified clean-exposures' },
  {
    service: 'masked',
    what: 'needs retries',
    after: { ...WELL, users: every(5, 'error') },
    users: { retry: true },
    word: 'inconclusive masked-by-retries',
  },
  { service: 'quiet', what: 'has its users back', usual: 20, after: WELL, users: {}, word: 'verified clean-exposures' },
  { service: 'quiet', what: 'has lost its users', usual: 20, after: WELL, word: 'inconclusive traffic-has-halved' },
  { service: 'quiet', what: 'had no users for an hour, being dead', usual: 0, after: WELL, word: 'verified clean-exposures' },
  { service: 'busy', what: 'answers', before: BUSY_BEFORE, after: WELL, users: {}, word: 'verified clean-exposures' },
  {
    service: 'busy',
    what: 'fails as often as before',
    before: BUSY_BEFORE,
    after: { ...WELL, users: every(20, 'error') },
    users: {},
    word: 'recurred failure-rate-is-back',
  },
  {
    service: 'busy',
    what: 'answers, as nobody but its own agent has counted',
    before: BUSY_BEFORE,
    after: WELL,
    users: { countedBy: 'own' },
    word: 'inconclusive window-ended',
  },
];
