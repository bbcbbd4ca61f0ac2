import { Injectable } from '@nestjs/common';
import { Log, type Cause } from '../platform/log/log.ts';
import type { StormEvent } from '../healing/storm/storm.events.ts';
import { type Folded, foldStream, unchangedSince } from '../platform/log/fold-stream.ts';
import { FollowedStream } from '../platform/log/followed-stream.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import type { EscalationEvent } from './escalation.events.ts';
import { type Escalation, type EscalationState, evolveEscalation } from './escalation.ts';
import { keyOfEscalation, keyOfRoot } from './root-cause.ts';

export interface EscalationChange {
  root: string;
  /** Names what is done for ever, where it is done once: for one event of the log, for one attempt. */
  key: (current: Folded<EscalationState>) => string;
  actor?: string;
  cause?: Cause;
  /** The incident whose story it belongs to; the first of the escalation unless told. */
  incidentId?: string | undefined;
  decide: (state: EscalationState) => readonly EscalationEvent[];
}

export interface ChangedEscalation {
  state: EscalationState;
  /** What was stored now; nothing where others had stored it before. */
  stored: readonly EscalationEvent[];
}

const ESCALATION_ID = /^(service|agent|storm)-[a-z0-9-]{1,100}-\d{1,9}$/;

/** Loads an escalation, decides, appends. */
@Injectable()
export class EscalationsService {
  private readonly followed = new Map<string, FollowedStream<EscalationState, EscalationEvent>>();

  constructor(private readonly log: Log) {}

  /** The latest episode of a root cause. */
  async load(root: string): Promise<Folded<EscalationState>> {
    return this.follow(keyOfRoot(root)).catchUp();
  }

  /** The escalation with this id, be it the latest of its root cause or an earlier one. */
  async find(escalationId: string): Promise<Escalation | undefined> {
    if (!ESCALATION_ID.test(escalationId)) return undefined;
    const stream = logStreams.escalation(keyOfEscalation(escalationId));
    const { state } = await foldStream<EscalationState, EscalationEvent>(this.log.store, stream, undefined, (known, event) =>
      event.data.escalation_id === escalationId ? evolveEscalation(known, event) : known,
    );
    return state;
  }

  /** Whether a storm of this symptom is still on, as the log tells. */
  async isStormOn(symptom: string): Promise<boolean> {
    const { state } = await foldStream<boolean, StormEvent>(this.log.store, logStreams.storm, false, (isOn, { type, data }) =>
      data.symptom === symptom ? type === 'StormDetected' : isOn,
    );
    return state;
  }

  /** Appends what is decided, on condition that nobody else changed the escalation meanwhile. */
  async change({ root, key, decide, actor = 'escalations', cause, incidentId }: EscalationChange): Promise<ChangedEscalation> {
    for (;;) {
      const current = await this.load(root);
      const events = decide(current.state);
      if (events.length === 0) return { state: current.state, stored: [] };
      const correlationId = incidentId ?? current.state?.incidentIds[0];
      const result = await this.log.append({
        actor,
        key: key(current),
        ...(correlationId === undefined ? {} : { correlationId }),
        ...(cause === undefined ? {} : { cause }),
        writes: [{ stream: logStreams.escalation(keyOfRoot(root)), expected: unchangedSince(current), events }],
      });
      if (result.status === 'conflict') continue;
      const { state } = await this.load(root);
      return { state, stored: result.status === 'appended' ? events : [] };
    }
  }

  private follow(key: string): FollowedStream<EscalationState, EscalationEvent> {
    const known = this.followed.get(key);
    if (known !== undefined) return known;
    const stream = logStreams.escalation(key);
    const followed = new FollowedStream<EscalationState, EscalationEvent>(this.log.store, stream, undefined, evolveEscalation);
    this.followed.set(key, followed);
    return followed;
  }
}
