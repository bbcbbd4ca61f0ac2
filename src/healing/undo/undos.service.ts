import { Injectable } from '@nestjs/common';
import { StrategyRegistry } from '#libs/fix-strategies';
import { Clock } from '../../platform/clock.ts';
import { asRecorded } from '../../platform/log/domain-event.ts';
import { unchangedSince } from '../../platform/log/fold-stream.ts';
import { Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import { FixesService } from '../saga/fixes.service.ts';
import { FleetSlots } from '../fleet/fleet-slots.service.ts';
import { REQUESTED_UNDO_GUARDS } from '../guards/guard-list.ts';
import { FixNotFoundError } from '../healing.errors.ts';
import { reservationsOf } from '../slots/reservations.ts';
import type { SlotEvent } from '../slots/slot.events.ts';
import { type GatheredContext, TargetContextsService } from '../starting/target-contexts.service.ts';
import type { PlannedUndo } from './undo.decider.ts';
import { UndoRefusedError } from './undo.errors.ts';
import type { UndoRequest } from './undo.events.ts';
import { listStepsLeft } from './undo.ts';
import { planRequestedUndo, requestUndo } from './undo-request.decider.ts';

/** A fix as it is, and what is commanded to undo it. */
export interface RequestedUndo {
  saga: FixSaga;
  commands: readonly PlannedUndo[];
}

/** Undoes fixes that have ended, because a person wants it. */
@Injectable()
export class UndosService {
  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly fixes: FixesService,
    private readonly contexts: TargetContextsService,
    private readonly fleet: FleetSlots,
    private readonly registry: StrategyRegistry,
  ) {}

  /**
   * Begins an undo, or only tells what would be commanded.
   *
   * @throws FixNotFoundError | UndoRefusedError
   */
  async request(fixId: string, who: Omit<UndoRequest, 'requested_at'>, { dryRun = false } = {}): Promise<RequestedUndo> {
    for (;;) {
      const { state: saga, version } = await this.fixes.load(fixId);
      if (saga === undefined) throw new FixNotFoundError(fixId);
      const { commands, gathered } = await this.plan(saga);
      if (dryRun) return { saga, commands };
      const nowMs = this.clock.nowMs();
      const events = requestUndo(saga, { ...who, requested_at: new Date(nowMs).toISOString() }, nowMs);
      const { slotVersion, context, conditions } = gathered;
      const reservations = reservationsOf(saga.target, events, { slotVersion, rooms: context.fleet, conditions });
      const result = await this.log.append({
        actor: who.actor,
        key: `undo:${fixId}:${version}`,
        correlationId: saga.incidentId,
        writes: [{ stream: logStreams.fix(fixId), expected: unchangedSince({ version }), events }, ...reservations],
        conditions,
      });
      this.fleet.noteStreams(reservations.map(({ stream }) => stream));
      // Otherwise something has changed meanwhile: it may be refused now.
      if (result.status !== 'conflict') return { saga: { ...saga, state: 'undoing' }, commands };
    }
  }

  private async plan(saga: FixSaga): Promise<{ commands: PlannedUndo[]; gathered: GatheredContext }> {
    const strategy = this.fixes.findStrategy(saga);
    const gathered = await this.contexts.gather(strategy, saga);
    const { words } = await this.contexts.ask(REQUESTED_UNDO_GUARDS, { ...gathered.context, agentId: saga.agentId });
    // Read after the slot's version, under which it is stored: whoever took the slot meanwhile keeps it from being stored.
    const laterFix = await this.findLaterFix(saga);
    const planned = planRequestedUndo(saga, { strategy, words, laterFix });
    if (!Array.isArray(planned)) throw new UndoRefusedError(saga.fixId, planned);
    return { commands: planned, gathered };
  }

  /** The latest fix that began after it on the same target and of which something is still there: last in, first out. */
  private async findLaterFix({ target, fixId }: FixSaga): Promise<string | undefined> {
    const events = asRecorded<SlotEvent>(await this.log.store.readStream(logStreams.slot(target)));
    const begun = events.filter(({ type, data }) => type === 'SlotReserved' && !('is_undo' in data));
    const order = [...new Set(begun.map(({ data }) => data.fix_id))];
    for (const later of order.slice(order.indexOf(fixId) + 1).toReversed()) {
      const { state } = await this.fixes.load(later);
      if (state === undefined || listStepsLeft(state.steps).length === 0) continue;
      if (this.registry.find(state.strategy)?.inverse !== undefined) return later;
    }
    return undefined;
  }
}
