import { Injectable } from '@nestjs/common';
import type { StoredEvent } from '#libs/event-store';
import type { IncidentGrew, IncidentOpened, IncidentReopened } from '../incidents/incident.events.ts';
import type { ErrorReported, ResultReported } from '../intake/intake.events.ts';
import { type Recorded, selectRecorded } from '../platform/log/domain-event.ts';
import { LogSubscriptions } from '../platform/log/log-subscriptions.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { settleAll } from '../platform/settle-all.ts';
import { EscalationReviewer } from './verification/escalation-reviewer.service.ts';
import { FixStarter } from './starting/fix-starter.service.ts';
import { Poison } from './poison.ts';
import { fixIdOfCommand } from './saga/fix-steps.ts';
import { FixesService } from './saga/fixes.service.ts';
import { type HandledEvent, HealingWave } from './healing-wave.ts';
import { ServiceRecoveries } from './verification/service-recoveries.service.ts';
import { TargetKnowledge } from './starting/target-knowledge.ts';

const HANDLED: readonly HandledEvent['type'][] = [
  'IncidentOpened',
  'IncidentGrew',
  'IncidentReopened',
  'IncidentMitigated',
  'IncidentEscalated',
  'ServiceStateChanged',
  'FixWithdrawn',
  'FixUndone',
  'ResultReported',
  'ErrorReported',
  'SlotReserved',
  'SlotReleased',
  'FleetSlotReserved',
  'FleetSlotReleased',
];

/** Follows the log: incidents begin fixes, results and new faults move them on, recoveries are checked. */
@Injectable()
export class HealingProcessor {
  private readonly poison = new Poison();

  constructor(
    private readonly starter: FixStarter,
    private readonly recoveries: ServiceRecoveries,
    private readonly escalations: EscalationReviewer,
    private readonly fixes: FixesService,
    private readonly knowledge: TargetKnowledge,
    private readonly logger: AppLogger,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.register('healing', (events) => this.handleOrLose(events));
  }

  private async handleOrLose(events: readonly StoredEvent[]): Promise<void> {
    try {
      await this.handle(events);
    } catch (error) {
      this.knowledge.lose();
      throw error;
    }
  }

  private async handle(events: readonly StoredEvent[]): Promise<void> {
    await this.knowledge.begin(events);
    const handled = selectRecorded<HandledEvent>(events, HANDLED);
    const foreseen = new Set(handled.flatMap(namesOfForeseen));
    let wave = this.beginWave();
    for (const event of handled) {
      if (foreseen.has(event.id) || wave.add(event)) continue;
      await this.take(wave);
      wave = this.beginWave();
      wave.add(event);
    }
    await this.take(wave);
    this.knowledge.end(events);
  }

  private beginWave(): HealingWave {
    return new HealingWave((fixId) => this.knowledge.findTarget(fixId));
  }

  private take({ events }: HealingWave): Promise<void> {
    return settleAll(events.map((event) => this.handleAlone(event)));
  }

  /** What can never be handled harms its own fix only; what time may mend is tried again, and everybody waits. */
  private async handleAlone(event: Recorded<HandledEvent>): Promise<void> {
    const key = String(event.position);
    try {
      await this.handleOne(event);
    } catch (error) {
      if (!this.poison.isPoison(key, error)) throw error;
      await this.leaveOut(event, error);
    }
    this.poison.forget(key);
  }

  /** A fix goes on by its timers. An incident that nobody can decide about is a person's; each report would have it crash again. */
  private async leaveOut(event: Recorded<HandledEvent>, error: unknown): Promise<void> {
    this.logger.problem('an event is left out: its fix stays where it is', error, { position: event.position });
    if (isToBeDecidedAbout(event)) await this.starter.giveUp(event.data.incident_id, event);
  }

  private async handleOne(event: Recorded<HandledEvent>): Promise<void> {
    switch (event.type) {
      case 'IncidentOpened':
        return this.starter.considerOpened(event);
      case 'IncidentGrew':
      case 'IncidentReopened':
        return this.starter.consider(event.data.incident_id, event);
      case 'IncidentMitigated':
        return this.recoveries.onMitigated(event);
      case 'IncidentEscalated':
        return this.escalations.review(event);
      case 'FixWithdrawn':
        return this.recoveries.onWithdrawn(event);
      case 'FixUndone':
        return this.recoveries.onUndone(event);
      case 'ServiceStateChanged':
        return this.recoveries.onStateChanged(event);
      case 'ResultReported':
        return this.onResult(event);
      case 'ErrorReported':
        return this.onFault(event);
      case 'SlotReserved':
      case 'SlotReleased':
      case 'FleetSlotReserved':
      case 'FleetSlotReleased':
        return this.knowledge.apply(event);
    }
  }

  private onResult({ id, position, data }: Recorded<ResultReported>): Promise<void> {
    return this.fixes.advance(fixIdOfCommand(data.command_id), {
      input: { type: 'result', agentId: data.agent_id, result: data },
      key: `result:${position}`,
      cause: { id, position },
    });
  }

  private async onFault({ id, position, data }: Recorded<ErrorReported>): Promise<void> {
    const fixId = await this.knowledge.findLiveFix(data.target);
    if (fixId === undefined) return;
    await this.fixes.advance(fixId, {
      input: {
        type: 'fault',
        agentId: data.agent_id,
        fingerprint: data.fingerprint,
        observedAtMs: Date.parse(data.observed_at),
      },
      key: `fault:${position}`,
      cause: { id, position },
    });
  }
}

const isToBeDecidedAbout = (event: Recorded<HandledEvent>): event is Recorded<IncidentOpened | IncidentGrew | IncidentReopened> =>
  event.type === 'IncidentOpened' || event.type === 'IncidentGrew' || event.type === 'IncidentReopened';

/** Of an incident that was decided about in the append of its report: of that report, and of the event that opened it. */
const namesOfForeseen = (event: Recorded<HandledEvent>): string[] =>
  event.type === 'IncidentOpened' && event.data.evidence.report_position === undefined
    ? [event.data.evidence.report_event_id, event.id]
    : [];
