import { Injectable } from '@nestjs/common';
import type { Scope } from '#libs/contracts';
import { Configuration } from '../../platform/config/configuration.ts';
import { createEventId } from '../../platform/log/create-event-id.ts';
import { type Folded, unchangedSince } from '../../platform/log/fold-stream.ts';
import { FollowedStream } from '../../platform/log/followed-stream.ts';
import { Log } from '../../platform/log/log.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import type { ControlEvent } from './control.events.ts';
import { evolveStops, NOTHING_STOPPED, type Stops } from './control.ts';
import { NotStoppedError, StopFilePresentError, StopNotStoredError } from './control.errors.ts';
import { type PendingStop, PendingStops } from './pending-stops.ts';

export interface ControlRequest {
  scope: Scope;
  reason: string;
  actor: string;
}

type Listener = () => void;

/**
 * The kill switch. A stop counts from the moment in which it is asked for, whether or not the log can be written: it is kept in a
 * file, told to the agents at once, and stored when that is possible. To resume needs the log.
 */
@Injectable()
export class ControlSwitch {
  private readonly pending: PendingStops;
  private readonly followed: FollowedStream<Stops, ControlEvent>;
  private readonly listeners = new Set<Listener>();
  /** The highest that any orchestrator has told the agents. */
  private heardVersion = 0;
  /** The reason in the file by which a person has everything stopped. */
  private fileReason: string | undefined;

  constructor(
    private readonly log: Log,
    { stopFile }: Configuration,
  ) {
    this.pending = new PendingStops(`${stopFile}.pending`);
    this.followed = new FollowedStream<Stops, ControlEvent>(log.store, logStreams.control, NOTHING_STOPPED, evolveStops);
  }

  /** What is stopped as far as this process knows; the version is that of the log's stream, and what is stored rests on it. */
  get current(): Folded<Stops> {
    const { state, version } = this.followed.current;
    const further = this.pending.list().map(({ scope }) => scope);
    const byFile: Scope[] = this.fileReason === undefined ? [] : ['global'];
    return { state: new Set([...state, ...further, ...byFile]), version };
  }

  /** The version that agents are told: ahead of the log's where a stop isn't stored yet, so that nobody's older word lifts it. */
  get announcedVersion(): number {
    return Math.max(this.followed.current.version + this.pending.list().length, this.heardVersion);
  }

  /** Whether a stop holds that isn't stored yet. */
  get hasPending(): boolean {
    return this.pending.list().length > 0;
  }

  /** As `current`, after a look at the log. */
  async load(): Promise<Folded<Stops>> {
    await this.followed.catchUp();
    return this.current;
  }

  /** Runs a listener after each change that this process makes or hears of. */
  onChanged(listener: Listener): void {
    this.listeners.add(listener);
  }

  /** Stops a scope. It counts when this returns; `storePending` puts it into the log. */
  stop({ scope, reason, actor }: ControlRequest, id: string = createEventId()): PendingStop {
    const stop = { id, scope, reason, actor };
    try {
      this.pending.add(stop);
    } finally {
      // It counts although the disk is full.
      this.tell();
    }
    return stop;
  }

  /** Stores what isn't in the log yet. Another stop of the same scope is another fact. Rejected while the log can't be written. */
  async storePending(): Promise<void> {
    for (const { id, scope, reason, actor } of this.pending.list()) {
      const stopped: ControlEvent = { type: 'HealingStopped', data: { scope, reason } };
      const write = { stream: logStreams.control, expected: 'any' as const, events: [stopped] };
      await this.log.append({ actor, key: `stop:${id}`, writes: [write] });
      // It must be known from the log before it is forgotten here.
      await this.followed.catchUp();
      this.pending.remove(id);
    }
  }

  /**
   * Lets a scope go on, unless it is only tried whether that could be.
   *
   * @throws StopFilePresentError | StopNotStoredError | NotStoppedError
   */
  async resume({ scope, reason, actor }: ControlRequest, { dryRun = false } = {}): Promise<void> {
    for (;;) {
      const { state, version } = await this.followed.catchUp();
      if (this.fileReason !== undefined && scope === 'global') throw new StopFilePresentError();
      if (this.pending.list().some((stop) => stop.scope === scope)) throw new StopNotStoredError(scope);
      if (!state.has(scope)) throw new NotStoppedError(scope, [...state]);
      if (dryRun) return;
      const resumed: ControlEvent = { type: 'HealingResumed', data: { scope, reason } };
      const write = { stream: logStreams.control, expected: unchangedSince({ version }), events: [resumed] };
      const result = await this.log.append({ actor, key: `resume:${scope}:${version}`, writes: [write] });
      if (result.status === 'conflict') continue;
      await this.followed.catchUp();
      this.tell();
      return;
    }
  }

  /**
   * Takes in what another orchestrator has told the agents. A stop of which the log says nothing is taken over: whoever was asked
   * for it may be gone before the log can be written.
   */
  hear(version: number, stops: Stops): void {
    this.heardVersion = Math.max(this.heardVersion, version);
    if (version <= this.followed.current.version) return;
    const known = this.current.state;
    for (const scope of stops) {
      const stop = { id: `heard:${version}:${scope}`, scope, reason: 'another orchestrator says so', actor: 'healing' };
      if (!known.has(scope)) this.pending.add(stop);
    }
  }

  /** What the stop file says, if there is one. Whoever takes it away has still to resume. */
  noteFile(reason: string | undefined): void {
    this.fileReason = reason;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}
