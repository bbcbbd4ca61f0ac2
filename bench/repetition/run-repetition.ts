import { everyCommandSubject, parseAgentSubject } from '#libs/contracts';
import { planByChance, type RelayedMessage, type Violation } from '#libs/testing';
import { writeHistory } from './history.ts';
import { playHistory } from './play-history.ts';
import { compareOutcomes, type Outcome } from './read-outcome.ts';

export interface RepetitionOptions {
  readonly services: number;
  readonly agents: number;
  readonly seed: number;
  readonly say?: (line: string) => void;
}

export interface RepetitionRun {
  readonly clean: Outcome;
  readonly repeated: Outcome;
  /** Lines in which the two differ, by what they are about. */
  readonly differences: Readonly<Record<string, readonly string[]>>;
  readonly relayed: { readonly touched: number; readonly delivered: number; readonly lost: number };
  readonly violations: readonly Violation[];
}

export const COPIES = 5;
/** Minutes late, commands and results would miss the 30 s in which an agent has to answer; seconds late, on a busy machine too, they do not. */
const LATEST_MS = 300_000;
export const TIME_FACTOR = 60;
const APART_MS = 250;

/** All that an agent says and is told, but not how it asks for the next command. */
function isWord({ direction, subject }: RelayedMessage, tenant: string): boolean {
  if (direction === 'request') return parseAgentSubject(subject) !== undefined || subject.startsWith('$JS.ACK.');
  return subject.startsWith(everyCommandSubject(tenant).replace('*', ''));
}

/** Plays one history twice, the second time with every message five times, shuffled and late, and compares what came of it. */
export async function runRepetition({ seed, say = () => {}, ...size }: RepetitionOptions): Promise<RepetitionRun> {
  const history = writeHistory({ ...size, apartMs: APART_MS, seed });
  const clean = await playHistory(history);
  say(`played once, and ${clean.outcome['errors']?.length ?? 0} reports are stored`);
  const odds = { seed, copies: COPIES, latestMs: LATEST_MS / TIME_FACTOR };
  const repeated = await playHistory(history, (tenant) =>
    planByChance({ ...odds, touches: (message) => isWord(message, tenant) }),
  );
  say(`played again, with ${repeated.relayed.delivered} messages in the place of ${repeated.relayed.touched}`);
  return {
    clean: clean.outcome,
    repeated: repeated.outcome,
    differences: compareOutcomes(clean.outcome, repeated.outcome),
    relayed: repeated.relayed,
    violations: [...clean.violations, ...repeated.violations],
  };
}
