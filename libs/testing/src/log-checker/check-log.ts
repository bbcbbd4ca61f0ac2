import type { CheckFrame, LogEvidence, LogPage, LogRecord } from './evidence.ts';
import { parseObject } from './fields.ts';
import { type Law, type LawMaker, type LogEvent, violation } from './law.ts';
import { createActionRateLaw } from './laws/action-rate.ts';
import { createChainLaw } from './laws/chain.ts';
import { createClockLaw } from './laws/clocks.ts';
import { createDecisionLaw } from './laws/commands.ts';
import { createEffectLaw } from './laws/effects.ts';
import { createEscalationLaw } from './laws/escalations.ts';
import { createFleetLimitLaw } from './laws/fleet-limits.ts';
import { createKillSwitchLaw } from './laws/kill-switch.ts';
import { createFixMoveLaw } from './laws/fix-moves.ts';
import { createTimerLaw } from './laws/fix-timers.ts';
import { createGuardLaw } from './laws/guards.ts';
import { createIncidentCountLaw } from './laws/incident-counts.ts';
import { createIncidentEndLaw } from './laws/incident-ends.ts';
import { createIncidentMoveLaw } from './laws/incident-moves.ts';
import { createLiveCommandLaw } from './laws/live-commands.ts';
import { createPositionLaw, createTimeLaw, createVersionLaw } from './laws/log-order.ts';
import { createReadModelLaw } from './laws/read-model.ts';
import { READ_MODEL_FOLDS } from './laws/read-model-folds.ts';
import { createReaderLaw } from './laws/readers.ts';
import { createDeadLetterLaw, createReportLaw } from './laws/reports.ts';
import { createResolutionLaw } from './laws/resolutions.ts';
import { createSecretLaw } from './laws/secrets.ts';
import { createSlotLaw } from './laws/slots.ts';
import { createUndoLaw } from './laws/undos.ts';
import type { Violation } from './violation.ts';

const LAWS: readonly LawMaker[] = [
  createPositionLaw,
  createVersionLaw,
  createTimeLaw,
  createChainLaw,
  createReportLaw,
  createDeadLetterLaw,
  createFixMoveLaw,
  createTimerLaw,
  createIncidentMoveLaw,
  createIncidentCountLaw,
  createIncidentEndLaw,
  createDecisionLaw,
  createGuardLaw,
  createActionRateLaw,
  createFleetLimitLaw,
  createKillSwitchLaw,
  createSlotLaw,
  createLiveCommandLaw,
  createClockLaw,
  createEffectLaw,
  createResolutionLaw,
  createUndoLaw,
  createEscalationLaw,
  createReaderLaw,
  createSecretLaw,
  ...READ_MODEL_FOLDS.map(
    (fold): LawMaker =>
      (frame) =>
        createReadModelLaw(fold, frame),
  ),
];

/** Judges a log page by page, so that a long one needn't be in memory; what it remembers grows with ids, not with payloads. */
export class LogChecker {
  private readonly laws: readonly Law[];
  private readonly found: Violation[] = [];

  constructor(frame: CheckFrame) {
    this.laws = LAWS.map((make) => make(frame));
  }

  /** The next events of the log, and the chain rows of the batches that end with them. */
  take({ records, chain }: LogPage): void {
    for (const record of records) {
      const event = this.read(record);
      for (const law of this.laws) this.found.push(...(law.observe?.(event) ?? []));
    }
    for (const row of chain) for (const law of this.laws) this.found.push(...(law.observeChain?.(row) ?? []));
  }

  finish(): Violation[] {
    return [...this.found, ...this.laws.flatMap((law) => law.finish?.() ?? [])];
  }

  private read(record: LogRecord): LogEvent {
    const data = parseObject(record.payload);
    if (data === undefined)
      this.found.push(violation('event-unreadable', 'the payload is no JSON object', { positions: [record.position] }));
    return { ...record, data: data ?? {} };
  }
}

/** Every law that the evidence breaks; none for a sound log. */
export function checkLog(evidence: LogEvidence): Violation[] {
  const checker = new LogChecker(evidence);
  checker.take(evidence);
  return checker.finish();
}
