import { type BeforeApplicationShutdown, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { CatalogueService } from '../../catalogue/catalogue.service.ts';
import type { IncidentGrew, IncidentOpened, IncidentReopened } from '../../incidents/incident.events.ts';
import { IncidentsService } from '../../incidents/incidents.service.ts';
import { Clock } from '../../platform/clock.ts';
import { readableOf, type Recorded, selectRecorded } from '../../platform/log/domain-event.ts';
import { type Folded, unchangedSince } from '../../platform/log/fold-stream.ts';
import { FollowedStream } from '../../platform/log/followed-stream.ts';
import { Log } from '../../platform/log/log.ts';
import { LogSubscriptions } from '../../platform/log/log-subscriptions.ts';
import { logStreams } from '../../platform/log/stream-names.ts';
import { AppLogger } from '../../platform/logging/app-logger.ts';
import type { StormWord } from '../guards/guard.ts';
import { PoliciesService } from '../policy/policies.service.ts';
import type { Limits } from '../policy/policy-settings.ts';
import { FailingTargets } from './failing-targets.ts';
import type { StormEvent } from './storm.events.ts';
import { decideStorm, evolveStorms, type Storms } from './storm.ts';

type Sighting = IncidentOpened | IncidentGrew | IncidentReopened;

const SIGHTINGS: readonly Sighting['type'][] = ['IncidentOpened', 'IncidentGrew', 'IncidentReopened'];
const REVIEW_MS = 1_000;
const PAGE = 500;
const TOGETHER_MS = 100;
const MAX_REMEMBERED = 10_000;

interface Fault {
  target: string;
  symptom: string;
}

/** Watches how many targets fail alike, in the order of the log, and tells when that is a storm and when it is over. */
@Injectable()
export class StormsService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly failing = new FailingTargets();
  /** Those, and others of which the log is about to tell; more than that may be in it, and never less. */
  private readonly expected = new FailingTargets();
  /** So that a storm that grows reads no streams. */
  private readonly faults = new Map<string, Fault>();
  private readonly storms: FollowedStream<Storms, StormEvent>;
  /** Position up to which targets are counted; at first that at which the window begins. */
  private readThrough: number | undefined;
  private reading: Promise<unknown> = Promise.resolve();
  /** Where the log ended when the first look at the window was taken. */
  private startHead = Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly log: Log,
    private readonly catalogue: CatalogueService,
    private readonly incidents: IncidentsService,
    private readonly policies: PoliciesService,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
    subscriptions: LogSubscriptions,
  ) {
    subscriptions.followBySteps(
      'storms',
      () => this.readOn(),
      () => TOGETHER_MS,
    );
    this.storms = new FollowedStream<Storms, StormEvent>(log.store, logStreams.storm, new Set(), evolveStorms);
  }

  onApplicationBootstrap(): void {
    const review = (): void =>
      void this.review().catch((error: unknown) => this.logger.problem('storms could not be reviewed', error));
    this.timer = setInterval(review, REVIEW_MS);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** Counts at least as far as this position: a storm in a page of the log is known before anything of it is decided about. */
  async countThrough(position: number): Promise<void> {
    while ((this.readThrough ?? 0) < position) {
      const before = this.readThrough;
      await this.readOn(position);
      if (this.readThrough === before) return;
    }
  }

  /** Whether all of the window was read once: before that, few failing targets mean nothing. */
  get hasCounted(): boolean {
    return this.readThrough !== undefined && this.readThrough >= this.startHead;
  }

  /** A target is said to fail, of which the log will tell in a moment, if it is so. */
  expect(symptom: string, target: string): void {
    this.expected.note(symptom, target, this.clock.nowMs());
  }

  /** Which storms were on when the log was last asked. */
  get current(): Folded<Storms> {
    return this.storms.current;
  }

  /** Which storms are on, by what the log holds by now. */
  catchUp(): Promise<Folded<Storms>> {
    return this.storms.catchUp();
  }

  /** Of which kind the fault of an incident is; undefined where nobody knows the incident. */
  async findSymptom(incidentId: string): Promise<string | undefined> {
    return (this.faults.get(incidentId) ?? (await this.incidents.findFault(incidentId)))?.symptom;
  }

  /**
   * How many fail like this target, which may be one of none, by what the log tells.
   *
   * @param symptom of the fault that is to be healed; lately the target may have been seen with another one only
   */
  describe(target: string, storms: Storms, limits: Limits, symptom?: string): StormWord {
    return this.describeBy(this.failing, { target, symptom }, storms, limits);
  }

  /** As `describe`, with those of which the log is about to tell. */
  describeExpected(target: string, storms: Storms, limits: Limits): StormWord {
    return this.describeBy(this.expected, { target }, storms, limits);
  }

  private describeBy(
    failing: FailingTargets,
    { target, symptom }: { target: string; symptom?: string | undefined },
    storms: Storms,
    limits: Limits,
  ): StormWord {
    const sinceMs = this.clock.nowMs() - limits.storm_window_ms;
    const seen = failing.symptomsOf(target);
    const symptoms = symptom === undefined ? seen : [...new Set([...seen, symptom])];
    const counts = symptoms.map((each) => failing.count(each, sinceMs));
    // Of a target that wasn't seen lately nobody knows that it isn't one of those.
    const isOn = seen.length === 0 ? storms.size > 0 : symptoms.some((each) => storms.has(each));
    return { failing: Math.max(0, ...counts), targets: this.catalogue.countServices(), isOn };
  }

  /** Whoever decides may be busy with an early page for long, in which a storm is none yet; and others decide too. */
  private readOn(through = Infinity): Promise<boolean> {
    const reading = this.reading.then(() => this.readPage(through));
    this.reading = reading.catch(() => undefined);
    return reading;
  }

  private async readPage(through: number): Promise<boolean> {
    const after = this.readThrough ?? (await this.findWindow());
    // Somebody may have gone further meanwhile.
    if (after >= through) return false;
    const limit = Math.min(PAGE, through - after);
    const page = await this.log.store.readPage({ after, limit, types: SIGHTINGS, follows: true });
    const sightings = selectRecorded<Sighting>(readableOf(page), SIGHTINGS);
    await this.noteAll(sightings);
    this.readThrough = page.last;
    if (sightings.length > 0 && this.mayTell()) await this.review();
    return page.last - after >= limit;
  }

  private async findWindow(): Promise<number> {
    const { storm_window_ms: windowMs } = await this.policies.limits();
    this.startHead = (await this.log.store.head()).position;
    return this.log.store.positionAt(new Date(this.clock.nowMs() - windowMs));
  }

  private async noteAll(sightings: readonly Recorded<Sighting>[]): Promise<void> {
    for (const event of sightings) {
      const seen = await this.findSeen(event);
      if (seen !== undefined && this.catalogue.findService(seen.target) !== undefined)
        for (const targets of [this.failing, this.expected]) targets.note(seen.symptom, seen.target, event.recordedAt.getTime());
    }
  }

  private async findSeen({ type, data }: Recorded<Sighting>): Promise<Fault | undefined> {
    const { incident_id: incidentId } = data;
    const fault =
      type === 'IncidentOpened'
        ? { target: data.target, symptom: data.evidence.symptom }
        : (this.faults.get(incidentId) ?? (await this.incidents.findFault(incidentId)));
    if (fault !== undefined) this.remember(incidentId, fault);
    return fault;
  }

  private remember(incidentId: string, fault: Fault): void {
    this.faults.set(incidentId, fault);
    const [oldest] = this.faults.keys();
    if (this.faults.size > MAX_REMEMBERED && oldest !== undefined) this.faults.delete(oldest);
  }

  /** Tells what has begun or is over by now. */
  async review(): Promise<void> {
    const [limits, { state: storms }] = await Promise.all([this.policies.limits(), this.storms.catchUp()]);
    for (const symptom of new Set([...storms, ...this.failing.symptoms()]))
      if (this.decide(storms, symptom, limits).length > 0) await this.judge(symptom, limits);
  }

  /** By what was read last; once in a while all is read. */
  private mayTell(): boolean {
    const storms = this.current.state;
    const { knownLimits } = this.policies;
    return [...new Set([...storms, ...this.failing.symptoms()])].some(
      (symptom) => this.decide(storms, symptom, knownLimits).length > 0,
    );
  }

  private decide(storms: Storms, symptom: string, limits: Limits): StormEvent[] {
    const failing = this.failing.count(symptom, this.clock.nowMs() - limits.storm_window_ms);
    return decideStorm(storms, { symptom, count: { failing, targets: this.catalogue.countServices() }, limits });
  }

  private async judge(symptom: string, limits: Limits): Promise<void> {
    for (;;) {
      const current = await this.storms.catchUp();
      const events = this.decide(current.state, symptom, limits);
      const [event] = events;
      if (event === undefined || (event.type === 'StormEnded' && !this.hasCounted)) return;
      const result = await this.log.append({
        actor: 'healing',
        key: `storm:${current.version}`,
        writes: [{ stream: logStreams.storm, expected: unchangedSince(current), events }],
      });
      if (result.status !== 'conflict') return;
    }
  }
}
