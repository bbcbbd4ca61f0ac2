import type { LedCode, OrchestratorCode } from '#libs/contracts';
import { addLook, judgeVerification, type Judgement } from '#libs/fix-strategies';
import type { FixEvent, ProbeObserved, Verdict } from '../saga/fix.events.ts';
import type { ExposureReading, FixInput, ProbeOutcome } from '../saga/fix-saga.inputs.ts';
import { type FixSaga, isConfirmation } from '../saga/fix-saga.ts';
import { escalate, type FixContext, giveUp, REPORTED_AGAIN, setTimer, withdraw } from '../saga/fix-steps.ts';

/** As late as timers are when much is to do, in milliseconds. Later, and we were not there. */
const LATE_BY_ITSELF_MS = 10_000;

/** What a timer brings that asks for a look: an own probe, and what others have counted, where anybody does. */
export interface SeenNow {
  probe: ProbeOutcome;
  exposures: ExposureReading | undefined;
}

export function observeProbe(saga: FixSaga, seen: SeenNow, { nowMs }: FixContext): FixEvent[] {
  const { observed, after } = look(saga, seen);
  const judgement = judge(after);
  return [
    observed,
    ...(judgement.verdict === 'undecided' ? [setTimer(saga, 'probe', nowMs + saga.probeIntervalMs)] : settle(after, judgement)),
  ];
}

function look(saga: FixSaga, { probe, exposures }: SeenNow): { observed: ProbeObserved; after: FixSaga } {
  const counted = exposures === undefined ? {} : { counted: exposures };
  const tally = addLook(saga.tally, { ok: probe.ok, reasonCode: probe.reasonCode, ...counted });
  const noted = exposures === undefined ? {} : { exposures: { ...exposures, clean_in_a_row: tally.cleanExposures } };
  const observed: ProbeObserved = {
    type: 'ProbeObserved',
    data: {
      fix_id: saga.fixId,
      ok: probe.ok,
      clean_in_a_row: tally.cleanProbes,
      reason_code: probe.reasonCode,
      latency_ms: probe.latencyMs,
      ...noted,
    },
  };
  return { observed, after: { ...saga, tally, ...noted } };
}

/** A window in which nobody could look says nothing of the fix, so there is another one; what is reported meanwhile counts as ever. */
export function endWindow(
  saga: FixSaga,
  { lateMs = 0 }: FixInput & { type: 'timer' },
  { nowMs, strategy }: FixContext,
): FixEvent[] {
  if (lateMs <= LATE_BY_ITSELF_MS) return settle(saga, judge(saga, { hasWindowEnded: true }));
  return [setTimer(saga, 'verification-deadline', nowMs + strategy.verification.maxWindowMs)];
}

export function reactToFault(saga: FixSaga, fault: FixInput & { type: 'fault' }, { strategy }: FixContext): FixEvent[] {
  // Anybody, a page too, may name a service in a report; of the fix only the service's own agent speaks.
  if (fault.agentId !== saga.agentId) return [];
  if (saga.state !== 'verifying') return [];
  // It is told only of faults that were observed after what it checks was said.
  if (isConfirmation(saga)) return conclude(saga, 'recurred', REPORTED_AGAIN);
  if (saga.executedAtMs === undefined) return [];
  if (fault.observedAtMs <= saga.executedAtMs + strategy.verification.settlingMs) return [];
  const reported = fault.fingerprint === saga.fingerprint ? 'the-fault' : 'another-fault';
  return settle(saga, judge(saga, { reported }));
}

const judge = (saga: FixSaga, now: Partial<Parameters<typeof judgeVerification>[0]> = {}): Judgement =>
  judgeVerification({
    failureRateBefore: saga.failureRateBefore,
    tally: saga.tally,
    reported: 'nothing',
    speaksAgainst: saga.verifyingBecause === 'executed' || isConfirmation(saga),
    hasWindowEnded: false,
    ...now,
  });

function settle(saga: FixSaga, judgement: Judgement): FixEvent[] {
  switch (judgement.verdict) {
    case 'undecided':
      return [];
    case 'verified':
      return isOverByItself(saga)
        ? conclude(saga, 'superseded', 'recovered-without-the-fix')
        : conclude(saga, 'verified', judgement.reasonCode);
    default:
      return conclude(saga, judgement.verdict, judgement.reasonCode);
  }
}

/** What healed without the fix is no success of the fix, and yet the fault is over. */
const isOverByItself = (saga: FixSaga): boolean =>
  saga.verifyingBecause === 'recovered-before-retry' ||
  saga.verifyingBecause === 'recovered-before-approval' ||
  isConfirmation(saga);

/** What follows from a verdict. */
export function conclude(saga: FixSaga, verdict: Verdict, reasonCode: OrchestratorCode | LedCode): FixEvent[] {
  const isOver = verdict === 'verified' || verdict === 'superseded';
  // What was never carried out has not failed.
  if (!isOver && isConfirmation(saga)) return withdraw(saga, reasonCode);
  const { fixId, incidentId, fingerprint, target, strategy, attempt, tally, requiredClean, exposures } = saga;
  const reached: FixEvent = {
    type: 'VerdictReached',
    data: {
      fix_id: fixId,
      incident_id: incidentId,
      fingerprint,
      target,
      strategy,
      verdict,
      reason_code: reasonCode,
      clean_probes: tally.cleanProbes,
      required_clean: requiredClean,
      ...(exposures === undefined ? {} : { exposures }),
    },
  };
  // Where it got worse, nothing further is tried.
  if (verdict === 'regressed') return [reached, ...escalate(saga, 'verification-regressed')];
  if (!isOver) return [reached, ...giveUp(saga, `verification-${verdict}`)];
  return [reached, { type: 'FixHealed', data: { fix_id: fixId, incident_id: incidentId, strategy, attempts: attempt } }];
}
