import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DecisionsService } from '../../decisions/decisions.service.ts';
import { type ForeseenIncident, ForeseenIncidents } from '../../incidents/foreseen-incidents.service.ts';
import { type Companion, ReportCompanions, type UnstoredReport } from '../../intake/report-companions.service.ts';
import { LogSubscriptions } from '../../platform/log/log-subscriptions.ts';
import { DecidedFixesService } from './decided-fixes.service.ts';
import { FixDrafts } from './fix-drafts.service.ts';
import { TargetKnowledge } from './target-knowledge.ts';

/** Those that want the same place would have to look again, one by one. */
const MOST_UNDER_WAY = 32;
/** A report, and the receipts of those that came with it, wait no longer. */
const PATIENCE_MS = 100;

/**
 * Decides about a fault before its first report is stored, so that report, incident, decision and command are one append. That holds
 * only where nothing has to be asked and all guards allow it; everything else is for those who read the log.
 */
@Injectable()
export class ForeseenFixes implements OnModuleInit {
  /** Faults whose first report is being stored. */
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    private readonly companions: ReportCompanions,
    private readonly incidents: ForeseenIncidents,
    private readonly decisions: DecisionsService,
    private readonly drafts: FixDrafts,
    private readonly decided: DecidedFixesService,
    private readonly knowledge: TargetKnowledge,
    private readonly subscriptions: LogSubscriptions,
  ) {}

  onModuleInit(): void {
    this.companions.provide((report) => this.find(report));
  }

  private find({ id, data }: UnstoredReport): Promise<Companion | undefined> | undefined {
    const fault = this.incidents.identify(data);
    if (fault === undefined) return undefined;
    this.knowledge.expectFailing(fault.symptom, data.target);
    // Who doesn't go first doesn't know what has become of targets meanwhile.
    if (this.subscriptions.headStartMs > 0) return undefined;
    // What comes second is stored second, so that the first is what is decided upon.
    const first = this.underWay.get(fault.key);
    if (first !== undefined) return first.then(() => undefined);
    const { readThrough } = this.knowledge;
    if (readThrough === undefined || !this.knowledge.isUntouched(data.target)) return undefined;
    if (this.underWay.size >= MOST_UNDER_WAY) return undefined;
    const foreseen = this.incidents.foresee(fault, id, data);
    return foreseen && this.accompany(foreseen, readThrough);
  }

  private async accompany(foreseen: ForeseenIncident, readThrough: number): Promise<Companion | undefined> {
    const settle = this.begin(foreseen.key);
    try {
      const companion = await orNothing(this.draft(foreseen, readThrough), PATIENCE_MS);
      if (companion === undefined) settle();
      return companion && alsoWhenSettled(companion, settle);
    } catch (error) {
      settle();
      throw error;
    }
  }

  private begin(key: string): () => void {
    let resolve = (): void => undefined;
    this.underWay.set(key, new Promise((settled) => (resolve = settled)));
    return () => {
      this.underWay.delete(key);
      resolve();
    };
  }

  private async draft(foreseen: ForeseenIncident, readThrough: number): Promise<Companion | undefined> {
    const { incident, openedId } = foreseen;
    const subject = { incident, earlier: this.decisions.noHistory, readThrough };
    const draft = await this.drafts.suppose(subject);
    if (draft?.ground === undefined) return undefined;
    const { decidedFix, inputs, ground } = draft;
    const { fixId, decisionEventId, outcome } = inputs;
    const decided = this.decided.accompany(decidedFix, decisionEventId, { ...subject, openedId, ground });
    const openings = this.incidents.toWrites(foreseen, { fixId, strategy: outcome.choice?.id ?? '' });
    return { ...decided, writes: [...openings, ...decided.writes] };
  }
}

const alsoWhenSettled = (companion: Companion, settle: () => void): Companion => ({
  ...companion,
  onSettled: (isStored) => {
    try {
      companion.onSettled(isStored);
    } finally {
      settle();
    }
  },
});

/** What isn't there in time is as if it weren't. */
async function orNothing<T>(work: Promise<T>, withinMs: number): Promise<T | undefined> {
  const over = new AbortController();
  const patience = sleep(withinMs, undefined, { signal: over.signal });
  try {
    return await Promise.race([work, patience]);
  } finally {
    over.abort();
    patience.catch(() => undefined);
  }
}
