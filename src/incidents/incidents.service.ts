import { Injectable } from '@nestjs/common';
import type { OrchestratorCode } from '#libs/contracts';
import type { AppendSuccess, StreamCondition } from '#libs/event-store';
import { failpoint } from '../platform/failpoint.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import { type Folded, foldStream, unchangedSince } from '../platform/log/fold-stream.ts';
import { type Cause, Log, type LogAppendResult } from '../platform/log/log.ts';
import { logStreams } from '../platform/log/stream-names.ts';
import type { IncidentCommand, MitigateIncident } from './incident.commands.ts';
import { decideIncident } from './incident.decider.ts';
import type { IncidentEvent, IncidentOpened } from './incident.events.ts';
import {
  countReturns,
  evolveIncident,
  type IncidentEpisode,
  type IncidentState,
  INITIAL_INCIDENT,
  type OpenedIncident,
} from './incident.ts';
import { episodeOfIncident, keyOfIncident } from './incident-key.ts';
import type { Symptom } from './symptom.ts';

export interface IncidentStimulus {
  command: IncidentCommand;
  /** Names the command for ever. */
  key: string;
  cause?: Cause;
}

export interface FoundEpisode {
  episode: IncidentEpisode;
  /** Holds as long as nothing new is known of the incident: what rests on it is stored under this condition. */
  unchanged: StreamCondition;
}

export interface PreviousSuccess {
  fixId: string;
  resolvedAtMs: number;
}

/** Loads an incident, decides, appends. */
@Injectable()
export class IncidentsService {
  constructor(private readonly log: Log) {}

  load(key: string): Promise<Folded<IncidentState>> {
    return this.fold(key, () => true);
  }

  /** The episode with this id, if it is the latest of its key. */
  async findEpisode(incidentId: string): Promise<FoundEpisode | undefined> {
    const key = keyOfIncident(incidentId);
    const { state, version } = await this.load(key);
    if (!state.known || state.incidentId !== incidentId) return undefined;
    return { episode: state, unchanged: { stream: logStreams.incident(key), expected: version } };
  }

  /** The episode that has just begun with this event, if nothing came before it and nothing has come since; only the log knows the latter. */
  supposeOpened(opened: Recorded<IncidentOpened>): FoundEpisode | undefined {
    const state = evolveIncident(INITIAL_INCIDENT, opened, opened);
    if (opened.version !== 1 || !state.known) return undefined;
    return { episode: state, unchanged: { stream: opened.stream, expected: opened.version } };
  }

  /** Where an incident is and what it shows, also when a later episode of its fault has begun. */
  async findFault(incidentId: string): Promise<{ target: string; symptom: Symptom } | undefined> {
    const { state } = await this.load(keyOfIncident(incidentId));
    return state.known ? { target: state.target, symptom: state.evidence.symptom } : undefined;
  }

  /** How often the fault came back within the hour after a fix had healed it. */
  countReturns(episode: OpenedIncident, nowMs: number): number {
    return countReturns(episode, nowMs);
  }

  /** Takes in that an agent says that it is over, where the word was there before the incident was. */
  async mitigate(incidentId: string, claim: Omit<MitigateIncident, 'type' | 'incidentId'>, cause: Cause): Promise<void> {
    const command = { type: 'MitigateIncident' as const, incidentId, ...claim };
    await this.apply(keyOfIncident(incidentId), { command, key: `MitigateIncident:said:${claim.claimPosition}`, cause });
  }

  /** A person has to look, though no fix and no decision says so. */
  async escalate(incidentId: string, reasonCode: OrchestratorCode, cause: Cause): Promise<void> {
    const command = { type: 'EscalateIncident' as const, incidentId, reasonCode };
    await this.apply(keyOfIncident(incidentId), { command, key: `EscalateIncident:${cause.position}`, cause });
  }

  /** The success that the episode before this one ended with. */
  async findPreviousSuccess(incidentId: string): Promise<PreviousSuccess | undefined> {
    const episode = episodeOfIncident(incidentId);
    if (episode === 1) return undefined;
    const isEarlier = ({ data }: IncidentEvent): boolean => episodeOfIncident(data.incident_id) < episode;
    const { state } = await this.fold(keyOfIncident(incidentId), isEarlier);
    if (!state.known || state.state !== 'resolved' || state.fixId === undefined || state.overAtMs === undefined) return undefined;
    return { fixId: state.fixId, resolvedAtMs: state.overAtMs };
  }

  /** Opens the first incident of a fault, if nobody has seen it yet; `undefined` where the log knows of one, or of this very stimulus. */
  async tryOpen(key: string, stimulus: IncidentStimulus): Promise<Folded<IncidentState> | undefined> {
    const nothing = { state: INITIAL_INCIDENT, version: 0 };
    const events = decideIncident(nothing.state, stimulus.command);
    const [opened] = events;
    if (opened === undefined) return nothing;
    const result = await this.append(key, opened.data.incident_id, { stimulus, events, current: nothing });
    return isAppended(result) ? continueWith(nothing, events, result) : undefined;
  }

  /** Appends what a command makes of the incident; tells the state afterwards. */
  async apply(key: string, stimulus: IncidentStimulus, known?: Folded<IncidentState>): Promise<Folded<IncidentState>> {
    let current = known ?? (await this.load(key));
    for (;;) {
      const decided = decideIncident(current.state, stimulus.command);
      const incidentId = decided[0]?.data.incident_id;
      if (incidentId === undefined) return current;
      // Late reports of one episode may come with the first of the next: each event is correlated to its own incident.
      const events = decided.filter(({ data }) => data.incident_id === incidentId);
      const result = await this.append(key, incidentId, { stimulus, events, current });
      current = isAppended(result) ? continueWith(current, events, result) : await this.load(key);
      if (result.status !== 'conflict' && events.length === decided.length) return current;
    }
  }

  private async append(
    key: string,
    incidentId: string,
    {
      stimulus,
      events,
      current,
    }: { stimulus: IncidentStimulus; events: readonly IncidentEvent[]; current: Folded<IncidentState> },
  ): Promise<LogAppendResult> {
    await failpoint('incident.decided');
    const result = await this.log.append({
      actor: 'incidents',
      key: `${incidentId}:${stimulus.key}`,
      correlationId: incidentId,
      ...(stimulus.cause === undefined ? {} : { cause: stimulus.cause }),
      writes: [{ stream: logStreams.incident(key), expected: unchangedSince(current), events }],
    });
    await failpoint('incident.stored');
    return result;
  }

  private fold(key: string, includes: (event: Recorded<IncidentEvent>) => boolean): Promise<Folded<IncidentState>> {
    return foldStream<IncidentState, IncidentEvent>(this.log.store, logStreams.incident(key), INITIAL_INCIDENT, (state, event) =>
      includes(event) ? evolveIncident(state, event, event) : state,
    );
  }
}

type Appended = AppendSuccess & { recordedAt: Date };

const isAppended = (result: LogAppendResult): result is Appended =>
  result.status === 'appended' && result.recordedAt !== undefined;

/** What reading the stream again would come to: an incident that goes on for days has a long one. */
const continueWith = (
  { state, version }: Folded<IncidentState>,
  events: readonly IncidentEvent[],
  { firstPosition, recordedAt }: Appended,
): Folded<IncidentState> => ({
  state: events.reduce(
    (before, event, index) => evolveIncident(before, event, { recordedAt, position: firstPosition + index }),
    state,
  ),
  version: version + events.length,
});
