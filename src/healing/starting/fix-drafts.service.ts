import { Injectable } from '@nestjs/common';
import { DecisionsService, type RuledIncident } from '../../decisions/decisions.service.ts';
import { IncidentsService } from '../../incidents/incidents.service.ts';
import { Clock } from '../../platform/clock.ts';
import { RATE_OF_NOTHING } from '../exposures/counted-samples.ts';
import { describeContext } from '../guards/describe-context.ts';
import { askGuards, findObjection, type GuardContext, needsTargetLook } from '../guards/guard.ts';
import { GUARDS } from '../guards/guard-list.ts';
import { findRecovery } from '../guards/recovery-word.ts';
import type { ActionGround } from '../slots/reservations.ts';
import { DecidedFixesService, type DecisionSubject } from './decided-fixes.service.ts';
import { type DecidedFix, type DecisionInputs, decideFix } from './start-fix.decider.ts';
import { type Answers, type GatheredContext, TargetContextsService } from './target-contexts.service.ts';

/** What would be decided, and all that it rests on. */
export interface FixDraft {
  decidedFix: DecidedFix;
  inputs: DecisionInputs;
  /** Under which the guards' words hold; absent where they weren't asked. */
  ground: ActionGround | undefined;
  /** From when on the target is said to be well, where that speaks against a fix, in milliseconds since 1970. */
  recoveredAtMs: number | undefined;
}

interface Material extends Pick<DecisionInputs, 'failureRate'> {
  ruled: RuledIncident;
  gathered?: GatheredContext;
  asked?: Answers<GuardContext>;
}

/** Finds out what is to be done about an incident, and stores nothing. */
@Injectable()
export class FixDrafts {
  constructor(
    private readonly clock: Clock,
    private readonly decisions: DecisionsService,
    private readonly incidents: IncidentsService,
    private readonly contexts: TargetContextsService,
    private readonly decided: DecidedFixesService,
  ) {}

  /** By all that can be found out. Where nothing is to be done nothing is asked. */
  async draft(subject: DecisionSubject): Promise<FixDraft> {
    const { incident, earlier } = subject;
    const ruled = await this.decisions.applyRules(incident, earlier.state.tried);
    const { choice } = ruled.outcome;
    if (choice === undefined) return this.compose(subject, { ruled, failureRate: RATE_OF_NOTHING });
    const [gathered, failureRate] = await Promise.all([
      this.contexts.gather(choice, { ...incident, symptom: incident.evidence.symptom }),
      this.decided.readFailureRate(incident),
    ]);
    const asked = await this.contexts.ask(GUARDS, this.toGuardContext(subject, gathered));
    return this.compose(subject, { ruled, gathered, asked, failureRate });
  }

  /** By what this process knows of guards and limits without asking, where that is enough to act upon. */
  async suppose(subject: DecisionSubject): Promise<FixDraft | undefined> {
    const { incident } = subject;
    const ruled = await this.decisions.applyRules(incident, []);
    const { choice } = ruled.outcome;
    const gathered = choice && this.contexts.suppose(choice, incident.target);
    if (gathered === undefined) return undefined;
    const context = this.toGuardContext(subject, gathered);
    if (findObjection(askGuards(GUARDS, context)) !== undefined) return undefined;
    const failureRate = await this.decided.readFailureRate(incident);
    // What is judged by the clock is judged after that.
    const later = { ...context, nowMs: this.clock.nowMs() };
    if (needsTargetLook(later)) return undefined;
    const asked = { words: askGuards(GUARDS, later), context: later };
    const draft = this.compose(subject, { ruled, gathered, asked, failureRate });
    return draft.decidedFix.decision.data.verdict === 'act' ? draft : undefined;
  }

  private toGuardContext({ incident }: DecisionSubject, { context }: GatheredContext): GuardContext {
    const returns = this.incidents.countReturns(incident, this.clock.nowMs());
    return { ...context, evidence: incident.evidence, returns };
  }

  private compose(subject: DecisionSubject, { ruled, gathered, asked, failureRate }: Material): FixDraft {
    const { outcome, learned } = ruled;
    const { evidence } = subject.incident;
    const nowMs = asked?.context.nowMs ?? this.clock.nowMs();
    const rates = learned.length === 0 ? {} : { learned: [...learned] };
    const facts = { evidence, ...rates, ...(asked === undefined ? { now_ms: nowMs } : describeContext(asked.context)) };
    const agentId = asked?.context.agentId;
    const approvalTtlMs = asked?.context.policy?.limits.approval_ttl_ms ?? 0;
    const identity = this.decided.identify(subject, facts);
    const inputs = { ...identity, outcome, words: asked?.words ?? [], agentId, nowMs, approvalTtlMs, failureRate };
    return {
      decidedFix: decideFix(inputs),
      inputs,
      ground: gathered && toGround(gathered),
      recoveredAtMs: asked && findRecovery(asked.words, asked.context),
    };
  }
}

const toGround = ({ slotVersion, context, conditions }: GatheredContext): ActionGround => ({
  slotVersion,
  rooms: context.fleet,
  conditions,
});
