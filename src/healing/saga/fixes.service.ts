import { Injectable } from '@nestjs/common';
import { type Strategy, StrategyRegistry } from '#libs/fix-strategies';
import { Clock } from '../../platform/clock.ts';
import { failpoint } from '../../platform/failpoint.ts';
import { type Folded, unchangedSince } from '../../platform/log/fold-stream.ts';
import { type Cause, Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { FixEvent } from './fix.events.ts';
import { reactFix } from './fix-saga.decider.ts';
import { countApprovals } from '../approval/approval.decider.ts';
import { type FixInput, mayCommand } from './fix-saga.inputs.ts';
import { type FixSaga, isTerminal } from './fix-saga.ts';
import { escalate, type FixContext } from './fix-steps.ts';
import { describeContext } from '../guards/describe-context.ts';
import type { Guard, TargetContext } from '../guards/guard.ts';
import { APPROVED_ACTION_GUARDS, FURTHER_ATTEMPT_GUARDS, UNDO_GUARDS } from '../guards/guard-list.ts';
import { UnknownStrategyError } from '../healing.errors.ts';
import { KnownFixes } from './known-fixes.ts';
import { loadFix } from './load-fix.ts';
import { FleetSlots } from '../fleet/fleet-slots.service.ts';
import { type ActionGround, reservationsOf } from '../slots/reservations.ts';
import { listStepsLeft } from '../undo/undo.ts';
import { TargetContextsService } from '../starting/target-contexts.service.ts';

/** When a fix is changed, and by whom. */
export interface FixOccasion {
  /** Names it for ever, so that handling it again changes nothing. */
  key: string;
  cause?: Cause;
  /** Who acts, where it is a person. */
  actor?: string;
}

export interface FixStimulus extends FixOccasion {
  input: FixInput;
}

interface Reaction {
  events: FixEvent[];
  /** Where something is commanded. */
  ground: ActionGround | undefined;
}

type Asked = Pick<FixContext, 'words' | 'inputs'> & { ground: ActionGround };

const ENDS: ReadonlySet<FixEvent['type']> = new Set(['FixHealed', 'FixEscalated', 'FixAbandoned', 'FixUndone']);

/** Moves fixes on: loads one, lets the core react, appends what follows together with the slot's change. */
@Injectable()
export class FixesService {
  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly contexts: TargetContextsService,
    private readonly fleet: FleetSlots,
    private readonly registry: StrategyRegistry,
    private readonly known: KnownFixes,
  ) {}

  load(fixId: string): Promise<Folded<FixSaga | undefined>> {
    return loadFix(this.log.store, fixId);
  }

  /** Hands one input to one fix. An input that it doesn't wait for changes nothing. */
  advance(fixId: string, { input, ...occasion }: FixStimulus): Promise<void> {
    return this.change(fixId, occasion, (saga) => this.react(saga, input));
  }

  /** Ends a fix of which something can't be handled, without asking the core: a person has to look, and the others go on. */
  quarantine(fixId: string, occasion: FixOccasion): Promise<void> {
    const giveUp = (saga: FixSaga): Reaction => ({
      events: isTerminal(saga) ? [] : escalate(saga, 'handler-crashed', listNotUndone(saga)),
      ground: undefined,
    });
    return this.change(fixId, occasion, async (saga) => giveUp(saga));
  }

  private async change(fixId: string, occasion: FixOccasion, decide: (saga: FixSaga) => Promise<Reaction>): Promise<void> {
    const known = this.known.find(fixId);
    if (known !== undefined && (await this.tryChange(known, occasion, decide)) === 'changed') return;
    // Somebody else may have moved the fix on: what the input means may have changed.
    for (let read = await this.readOn(fixId, known); ; read = await this.readOn(fixId, read))
      if ((await this.tryChange(read, occasion, decide)) !== 'conflict') return;
  }

  private async readOn(fixId: string, known: Folded<FixSaga | undefined> | undefined): Promise<Folded<FixSaga | undefined>> {
    const read = await loadFix(this.log.store, fixId, known);
    this.known.note(fixId, read);
    return read;
  }

  private async tryChange(
    { state: saga, version }: Folded<FixSaga | undefined>,
    occasion: FixOccasion,
    decide: (saga: FixSaga) => Promise<Reaction>,
  ): Promise<'changed' | 'unchanged' | 'conflict'> {
    if (saga === undefined) return 'unchanged';
    const { events, ground } = await decide(saga);
    if (events.length === 0) return 'unchanged';
    const place = await this.findPlaceToRelease(saga, events);
    const reservations = reservationsOf(saga.target, events, ground, { ...(saga.attempt > 0 && { slot: 'exists' }), place });
    await failpoint('fix.reacted');
    const result = await this.log.append({
      actor: occasion.actor ?? 'healing',
      key: `${saga.fixId}:${occasion.key}`,
      correlationId: saga.incidentId,
      ...(occasion.cause === undefined ? {} : { cause: occasion.cause }),
      writes: [{ stream: logStreams.fix(saga.fixId), expected: unchangedSince({ version }), events }, ...reservations],
      ...(ground === undefined ? {} : { conditions: ground.conditions }),
    });
    await failpoint('fix.moved');
    this.fleet.noteStreams(reservations.map(({ stream }) => stream));
    return result.status === 'conflict' ? 'conflict' : 'changed';
  }

  /** Of a fix that ends and was commanded; a check holds none. */
  private async findPlaceToRelease(saga: FixSaga, events: readonly FixEvent[]): Promise<number | undefined> {
    const ends = events.some(({ type }) => ENDS.has(type));
    return ends && saga.attempt > 0 ? this.fleet.findHeld(saga.fixId) : undefined;
  }

  /** @throws UnknownStrategyError */
  findStrategy({ strategy: id }: FixSaga): Strategy {
    const strategy = this.registry.find(id);
    if (strategy === undefined) throw new UnknownStrategyError(id);
    return strategy;
  }

  private async react(saga: FixSaga, input: FixInput): Promise<Reaction> {
    const strategy = this.findStrategy(saga);
    // Only before a command the guards have a word.
    const { ground, ...asked } = mayCommand(input) ? await this.ask(saga, strategy, input) : { words: [], ground: undefined };
    return { events: reactFix(saga, input, { strategy, nowMs: this.clock.nowMs(), ...asked }), ground };
  }

  private async ask(saga: FixSaga, strategy: Strategy, input: FixInput): Promise<Asked> {
    const { agentId, approval } = saga;
    const isAnswered = input.type === 'approval';
    const counted = approval && countApprovals(approval, isAnswered ? input.answer.actor : undefined);
    const { context, slotVersion, conditions } = await this.contexts.gather(strategy, saga, counted);
    const asked = await this.contexts.ask(guardsBefore(input), { ...context, agentId });
    return {
      words: asked.words,
      inputs: describeContext(asked.context),
      ground: { slotVersion, rooms: context.fleet, conditions },
    };
  }
}

function guardsBefore(input: FixInput): readonly Guard<TargetContext>[] {
  if (input.type === 'approval') return APPROVED_ACTION_GUARDS;
  return input.type === 'timer' && input.name === 'undo' ? UNDO_GUARDS : FURTHER_ATTEMPT_GUARDS;
}

/** Of an undo that is under way. */
const listNotUndone = ({ state, steps }: FixSaga): string[] =>
  state === 'undoing' ? listStepsLeft(steps).map(({ commandId }) => commandId) : [];
