import { Injectable } from '@nestjs/common';
import { formatPosition, type JsonObject } from '#libs/contracts';
import type { StreamCondition } from '#libs/event-store';
import type { DecisionHistory } from '../../decisions/decision-history.ts';
import type { OpenedIncident } from '../../incidents/incident.ts';
import { failpoint } from '../../platform/failpoint.ts';
import { type Folded, unchangedSince } from '../../platform/log/fold-stream.ts';
import type { Companion } from '../../intake/report-companions.service.ts';
import { createEventId } from '../../platform/log/create-event-id.ts';
import { type Cause, hashOf, Log, type LogAppendResult, type LogEvents, toStreamWrites } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { ExposureRecords } from '../exposures/exposure-records.ts';
import type { FixSaga } from '../saga/fix-saga.ts';
import { computeFixId } from '../saga/fix-steps.ts';
import { loadFix } from '../saga/load-fix.ts';
import { FleetSlots } from '../fleet/fleet-slots.service.ts';
import { type ActionGround, reservationsOf } from '../slots/reservations.ts';
import type { DecidedFix, DecisionInputs } from './start-fix.decider.ts';

/** What is decided about, and after which decisions. */
export interface DecisionSubject {
  incident: OpenedIncident;
  earlier: Folded<DecisionHistory>;
  /** Up to where the log was read. */
  readThrough: number;
}

/** What makes somebody decide, and about what. */
export interface DecisionOccasion extends DecisionSubject {
  /** Of the incident, as it was read. */
  unchanged: StreamCondition;
  trigger: Cause;
}

/** Where a decision goes. */
export interface DecisionPlace extends DecisionOccasion {
  /** Names the occasion for ever. */
  key: string;
  /** Under which the guards' words hold; needed by what may command. */
  ground?: ActionGround | undefined;
}

/** Where a decision goes that is stored with the incident. */
export interface AccompanyingPlace extends DecisionSubject {
  openedId: string;
  ground: ActionGround;
}

/** Gives decisions their identity, and stores each in one append with the fix that it begins. */
@Injectable()
export class DecidedFixesService {
  constructor(
    private readonly log: Log,
    private readonly fleet: FleetSlots,
    private readonly exposures: ExposureRecords,
  ) {}

  identify(
    { incident, earlier, readThrough }: DecisionSubject,
    inputs: JsonObject,
  ): Omit<DecisionInputs, 'outcome' | 'words' | 'agentId' | 'nowMs' | 'approvalTtlMs' | 'failureRate'> {
    const ordinal = earlier.state.count + 1;
    return {
      incident,
      decisionId: `${incident.incidentId}-d${ordinal}`,
      decisionEventId: createEventId(),
      fixId: computeFixId(incident.incidentId, ordinal),
      readPosition: formatPosition(readThrough),
      inputs,
      inputsSha256: hashOf(inputs),
      hash: hashOf,
    };
  }

  /** How often its service fails before anything is done. */
  readFailureRate(incident: OpenedIncident): Promise<number> {
    return this.exposures.readFailureRate(incident);
  }

  /** What became of the fix that a decision began, if it began one. */
  async findFix(incidentId: string, ordinal: number): Promise<FixSaga | undefined> {
    return (await loadFix(this.log.store, computeFixId(incidentId, ordinal))).state;
  }

  /** `conflict`: somebody else decided, acted or reported meanwhile, and all has to be looked at again. */
  async append(decidedFix: DecidedFix, decisionEventId: string, place: DecisionPlace): Promise<LogAppendResult['status']> {
    const { unchanged, trigger, key, ground } = place;
    const events = this.toEvents(decidedFix, decisionEventId, place);
    await failpoint('decision.drafted');
    const result = await this.log.append({
      ...events,
      key,
      cause: trigger,
      // Probes take seconds, in which an incident may be said to be over, and a person may stop everything.
      conditions: [unchanged, ...(ground?.conditions ?? [])],
    });
    await failpoint('decision.stored');
    this.noteFleet(events);
    return result.status;
  }

  /** For the append that opens the incident, with the event of this id. */
  accompany(decidedFix: DecidedFix, decisionEventId: string, { openedId, ...place }: AccompanyingPlace): Companion {
    const events = this.toEvents(decidedFix, decisionEventId, place);
    return {
      writes: toStreamWrites({ ...events, cause: { id: openedId } }),
      conditions: place.ground.conditions,
      onSettled: (isStored) => {
        // What was stored is come upon by the reader of the log.
        if (!isStored) this.noteFleet(events);
      },
    };
  }

  private noteFleet({ writes }: LogEvents): void {
    this.fleet.noteStreams(writes.map(({ stream }) => stream));
  }

  private toEvents(
    { decision, fix }: DecidedFix,
    decisionEventId: string,
    { incident: { incidentId, target }, earlier, ground }: DecisionSubject & Pick<DecisionPlace, 'ground'>,
  ): LogEvents {
    return {
      actor: 'healing',
      correlationId: incidentId,
      eventIds: new Map([[decision, decisionEventId]]),
      writes: [
        { stream: logStreams.decision(incidentId), expected: unchangedSince(earlier), events: [decision] },
        { stream: logStreams.fix(computeFixId(incidentId, earlier.state.count + 1)), expected: 'none', events: fix },
        ...reservationsOf(target, fix, ground),
      ],
    };
  }
}
