import { Injectable } from '@nestjs/common';
import { findStrategy, type Strategy } from '#libs/fix-strategies';
import { Clock } from '../platform/clock.ts';
import { type Folded, foldStream, unchangedSince } from '../platform/log/fold-stream.ts';
import { type Cause, Log } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import type { FixEvent } from './fix.events.ts';
import { reactFix } from './fix-saga.decider.ts';
import { type FixInput, mayAttemptAgain } from './fix-saga.inputs.ts';
import { evolveFix, type FixSaga } from './fix-saga.ts';
import type { FixContext } from './fix-steps.ts';
import { describeContext } from './guards/describe-context.ts';
import { FURTHER_ATTEMPT_GUARDS } from './guards/guard-list.ts';
import { UnknownStrategyError } from './healing.errors.ts';
import { slotEventsOf } from './slot.decider.ts';
import { TargetContextsService } from './target-contexts.service.ts';

export interface FixStimulus {
  input: FixInput;
  /** Names the input for ever, so that handling it again changes nothing. */
  key: string;
  cause?: Cause;
}

/** Moves fixes on: loads one, lets the core react, appends what follows together with the slot's change. */
@Injectable()
export class FixesService {
  constructor(
    private readonly log: Log,
    private readonly clock: Clock,
    private readonly contexts: TargetContextsService,
  ) {}

  load(fixId: string): Promise<Folded<FixSaga | undefined>> {
    return foldStream<FixSaga | undefined, FixEvent>(this.log.store, logStreams.fix(fixId), undefined, (saga, event) =>
      evolveFix(saga, event, event.recordedAt),
    );
  }

  /** Hands one input to one fix. An input that it doesn't wait for changes nothing. */
  async advance(fixId: string, stimulus: FixStimulus): Promise<void> {
    for (;;) {
      const { state: saga, version } = await this.load(fixId);
      if (saga === undefined) return;
      const events = await this.react(saga, stimulus.input);
      if (events.length === 0) return;
      const result = await this.log.append({
        actor: 'healing',
        key: `${fixId}:${stimulus.key}`,
        correlationId: saga.incidentId,
        ...(stimulus.cause === undefined ? {} : { cause: stimulus.cause }),
        writes: [
          { stream: logStreams.fix(fixId), expected: unchangedSince({ version }), events },
          { stream: logStreams.slot(saga.target), expected: 'exists', events: slotEventsOf(saga.target, events) },
        ],
      });
      // Somebody else moved the fix on meanwhile: what the input means may have changed.
      if (result.status !== 'conflict') return;
    }
  }

  private async react(saga: FixSaga, input: FixInput): Promise<FixEvent[]> {
    const strategy = findStrategy(saga.strategy);
    if (strategy === undefined) throw new UnknownStrategyError(saga.strategy);
    // Only before a further attempt the guards have a word.
    const asked = mayAttemptAgain(input) ? await this.ask(saga, strategy) : { words: [] };
    return reactFix(saga, input, { strategy, nowMs: this.clock.nowMs(), ...asked });
  }

  private async ask({ target, agentId }: FixSaga, strategy: Strategy): Promise<Pick<FixContext, 'words' | 'inputs'>> {
    const { context } = await this.contexts.gather(strategy, target);
    const asked = await this.contexts.ask(FURTHER_ATTEMPT_GUARDS, { ...context, agentId });
    return { words: asked.words, inputs: describeContext(asked.context) };
  }
}
