import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DecisionsService } from '../../decisions/decisions.service.ts';
import { type ForeseenIncident, ForeseenIncidents } from '../../incidents/foreseen-incidents.service.ts';
import { type Companion, ReportCompanions, type UnstoredReport } from '../../intake/report-companions.service.ts';
import { DecidedFixesService } from './decided-fixes.service.ts';
import { FixDrafts } from './fix-drafts.service.ts';
import { TargetKnowledge } from './target-knowledge.ts';

/** Those that want the same place would have to look again, one by one. */
const MOST_UNDER_WAY = 32;

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
  ) {}

  onModuleInit(): void {
    this.companions.provide((report) => this.find(report));
  }

  private find({ id, data }: UnstoredReport): Promise<Companion | undefined> | undefined {
    const { readThrough } = this.knowledge;
    if (readThrough === undefined || !this.knowledge.isUntouched(data.target)) return undefined;
    // What comes second is stored second, or it would never be counted.
    const first = this.underWay.get(this.incidents.keyOf(data));
    if (first !== undefined) return first.then(() => undefined);
    const foreseen = this.incidents.foresee(id, data);
    if (foreseen === undefined) return undefined;
    this.knowledge.anticipate(foreseen.incident);
    return this.underWay.size < MOST_UNDER_WAY ? this.accompany(foreseen, readThrough) : undefined;
  }

  private async accompany(foreseen: ForeseenIncident, readThrough: number): Promise<Companion | undefined> {
    const settle = this.begin(foreseen.key);
    try {
      const companion = await this.draft(foreseen, readThrough);
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
    companion.onSettled(isStored);
    settle();
  },
});
