import type { LedCode, OrchestratorCode, Scope } from '#libs/contracts';
import type { Strategy } from '#libs/fix-strategies';
import type { CatalogueEntry } from '../../catalogue/catalogue.ts';
import type { KnownServiceState } from '../../catalogue/service-state.events.ts';
import type { GuardWord } from '../../decisions/decision.events.ts';
import type { IncidentEvidence } from '../../incidents/incident.events.ts';
import type { ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import type { FleetLimit } from '../fleet/fleet-slot.events.ts';
import type { FleetRoom } from '../fleet/fleet-places.ts';
import type { PolicyWord } from '../policy/policy.ts';
import type { SlotState } from '../slots/slot.ts';

/** What the agent of a service says of it, and since when, in milliseconds since 1970. */
export interface StateWord {
  state: KnownServiceState;
  saidAtMs?: number | undefined;
}

/** What is known of a service that the target depends on. */
export interface DependencyState extends Omit<StateWord, 'state'> {
  id: string;
  /** What its agent says; `undefined` when the catalogue doesn't know it. */
  state: KnownServiceState | undefined;
  /** The orchestrator's own look at it, taken only where the agent calls it healthy. */
  probe?: ProbeOutcome;
}

/** Said before, it is no news: what was seen came after it. */
export const isHealthySince = ({ state, saidAtMs }: StateWord | DependencyState, seenAtMs: number): boolean =>
  state === 'healthy' && saidAtMs !== undefined && saidAtMs > seenAtMs;

/** How many targets fail in the same way. */
export interface StormWord {
  failing: number;
  /** All there are. */
  targets: number;
  /** It is on already, and not over yet. */
  isOn: boolean;
}

/** Whether persons have allowed this very action. */
export interface ApprovalWord {
  granted: number;
  required: number;
}

/** What is known beside the target itself: what persons have set, and how the whole fleet is. */
export interface Surroundings {
  /** The stop under which it falls; `null` where nothing is stopped. */
  stop: Scope | null | undefined;
  policy: PolicyWord | undefined;
  /** How far behind the read models are, in milliseconds. */
  readModelLagMs: number | undefined;
  storm: StormWord | undefined;
  fleet: Readonly<Record<FleetLimit, FleetRoom>> | undefined;
}

/** What is known of a target, whatever is wrong with it. What is missing is `undefined`, and a guard that needs it denies. */
export interface TargetContext extends Surroundings {
  nowMs: number;
  strategy: Strategy;
  target: string;
  /** Who would be commanded. */
  agentId: string | undefined;
  service: CatalogueEntry | undefined;
  /** What is said of the target itself. */
  said: StateWord;
  slot: SlotState;
  /** One for each service that the target depends on. */
  dependencies: readonly DependencyState[];
  /** Of the action that is asked about; none where nobody was asked yet. */
  approval: ApprovalWord;
  /** What was reported; absent where it was asked about before. */
  evidence?: IncidentEvidence;
  /** The orchestrator's own look at the target, taken only where the evidence is old. */
  probe?: ProbeOutcome;
}

/** Everything that the guards may look at. */
export interface GuardContext extends TargetContext {
  evidence: IncidentEvidence;
  /** How often the fault came back within the hour after it was healed. */
  returns: number | undefined;
}

type Word = Omit<GuardWord, 'guard'>;

/** One question that has to be answered with yes before anything is done. Pure. */
export interface Guard<C extends TargetContext = GuardContext> {
  name: string;
  /** It needs a look at the dependencies, which takes its time: it is asked when nobody else objects. */
  needsLook?: true;
  judge(context: C): Word;
}

export const allow: Word = { verdict: 'allow', reason_code: 'ok' };
export const deny = (reasonCode: OrchestratorCode): Word => ({ verdict: 'deny', reason_code: reasonCode });
export const defer = (reasonCode: OrchestratorCode): Word => ({ verdict: 'defer', reason_code: reasonCode });

/** How old what was reported is, in milliseconds; NaN where its time can't be read. */
export const ageOf = ({ observed_at: observedAt }: IncidentEvidence, nowMs: number): number => nowMs - Date.parse(observedAt);

/** What was seen long ago, as after an outage of ours, is looked at again before it decides. */
export const needsTargetLook = ({ evidence, policy, nowMs }: TargetContext): boolean =>
  evidence !== undefined && policy !== undefined && ageOf(evidence, nowMs) > policy.limits.max_evidence_age_ms;

/** Asks every guard, in order, so that the record holds every word; an exception is a deny. */
export function askGuards<C extends TargetContext>(guards: readonly Guard<C>[], context: C): GuardWord[] {
  return guards.map((guard) => ({ guard: guard.name, ...judgeSafely(guard, context) }));
}

function judgeSafely<C extends TargetContext>(guard: Guard<C>, context: C): Word {
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

/** The guard whose objection time may lift by itself: a fix that has begun waits for it. */
export const WAITS_FOR_DEPENDENCIES = 'dependency-is-up';

/** The guard that a person can satisfy. */
export const ASKS_A_PERSON = 'approval';

/** Whether it is all that speaks against it that nobody was asked: a person is asked only about what all the others allow. */
export const isLeftToPersons = ({ guard, verdict }: GuardWord): boolean => guard === ASKS_A_PERSON && verdict === 'defer';

/** How an objection is named in decisions and escalations. */
export const describeObjection = ({ guard, reason_code: reasonCode }: GuardWord): LedCode => `${guard}:${reasonCode}`;
