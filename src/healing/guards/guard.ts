import type { Strategy } from '#libs/fix-strategies';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { IncidentEvidence } from '../../incidents/incident.events.ts';
import type { SlotState } from '../slot.ts';

/** Everything that the guards may look at. What is missing is `undefined`, and a guard that needs it denies. */
export interface GuardContext {
  nowMs: number;
  strategy: Strategy;
  target: string;
  evidence: IncidentEvidence;
  service: CatalogueEntry | undefined;
  slot: SlotState;
}

type Word = Omit<GuardWord, 'guard'>;

/** One question that has to be answered with yes before anything is done. Pure. */
export interface Guard {
  name: string;
  judge(context: GuardContext): Word;
}

export const allow: Word = { verdict: 'allow', reason_code: 'ok' };
export const deny = (reasonCode: string): Word => ({ verdict: 'deny', reason_code: reasonCode });
export const defer = (reasonCode: string): Word => ({ verdict: 'defer', reason_code: reasonCode });

/** Asks every guard, in order, so that the record holds every word; an exception is a deny. */
export function askGuards(guards: readonly Guard[], context: GuardContext): GuardWord[] {
  return guards.map((guard) => ({ guard: guard.name, ...judgeSafely(guard, context) }));
}

function judgeSafely(guard: Guard, context: GuardContext): Word {
  try {
    return guard.judge(context);
  } catch {
    // Fails closed, and says so; what went wrong inside a pure guard is found by asking it again with the recorded inputs.
    return deny('guard-failed');
  }
}

/** The first word that isn't "allow" counts; a deny outweighs a defer. `undefined` when all allow. */
export function findObjection(words: readonly GuardWord[]): GuardWord | undefined {
  return words.find(({ verdict }) => verdict === 'deny') ?? words.find(({ verdict }) => verdict === 'defer');
}
