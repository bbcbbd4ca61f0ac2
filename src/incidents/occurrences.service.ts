import { Injectable, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { CatalogueService } from '../catalogue/catalogue.service.ts';
import type { ErrorReported } from '../intake/intake.events.ts';
import { Clock } from '../platform/clock.ts';
import type { Recorded } from '../platform/log/domain-event.ts';
import type { Folded } from '../platform/log/fold-stream.ts';
import { AppLogger } from '../platform/logging/app-logger.ts';
import { settleAll } from '../platform/settle-all.ts';
import { locateEvidence } from './evidence.ts';
import type { DescribedFault } from './incident.commands.ts';
import { GROWTH_INTERVAL_MS, needsAnyDecision } from './incident.decider.ts';
import type { IncidentState } from './incident.ts';
import { IncidentsService, type IncidentStimulus } from './incidents.service.ts';
import { KnownFaults } from './known-faults.ts';
import { OccurrenceBuffer, type PendingOccurrences } from './occurrence-buffer.ts';

/** As many incidents are kept in mind, so that a storm doesn't read its stream for every report. */
const MAX_REMEMBERED = 10_000;

/** When more reports wait, whoever waits longest is counted early: a storm may grow an incident more often, never the memory. */
const MAX_WAITING = 2_000;

/** Through all incidents that wait, in milliseconds. */
const LOOK_EVERY_MS = GROWTH_INTERVAL_MS / 50;

/** As many incidents share their reads and their commit. */
const AT_ONCE = 64;

/** Counts reports into incidents: the first one at once, what follows every 10 s. */
@Injectable()
export class OccurrencesService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly buffer = new OccurrenceBuffer();
  private readonly faults = new KnownFaults(MAX_REMEMBERED);
  /** Without a state: known to be another than the last one, and to be read again. */
  private readonly remembered = new Map<string, Folded<IncidentState> | undefined>();
  private timer: NodeJS.Timeout | undefined;
  private lookedAtMs = -Infinity;
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly incidents: IncidentsService,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
    private readonly logger: AppLogger,
  ) {}

  onApplicationBootstrap(): void {
    const flush = (): void =>
      void this.flushDue().catch((error: unknown) => this.logger.problem('growing incidents could not be stored', error));
    this.timer = setInterval(flush, GROWTH_INTERVAL_MS / 10);
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  oldestUncounted(): number | undefined {
    return this.buffer.oldestPosition();
  }

  /** Which fault a report tells of. */
  describe(report: ErrorReported['data']): DescribedFault {
    return this.faults.describe(report, this.catalogue.findService(report.target)?.ownerAgent);
  }

  /** Whether this process has seen the fault, or had to look. */
  knows(key: string): boolean {
    return this.remembered.has(key);
  }

  /** Takes in what opened incidents together with their reports, before those are recorded. */
  noteForeseen(incidents: ReadonlyMap<string, Folded<IncidentState>>): void {
    for (const [key, incident] of incidents) if (!this.remembered.has(key)) this.remember(key, incident);
  }

  /** Takes in reports in the order of the log. */
  record(reports: readonly Recorded<ErrorReported>[]): Promise<void> {
    const described = reports.map((report) => ({ describe: this.describe(report.data), occurrence: toOccurrence(report) }));
    for (const { describe, occurrence } of described) this.buffer.add(describe, occurrence);
    return this.flushDue(new Set(described.map(({ describe }) => describe.key)));
  }

  /** What changed an incident otherwise has to be looked at again, also by those who loaded it before the change. */
  forget(key: string): Promise<void> {
    return this.inTurn(async () => {
      if (this.remembered.has(key)) this.remember(key, undefined);
    });
  }

  /** Others were quicker, and what they did to incidents wasn't told here. */
  forgetAll(): void {
    this.remembered.clear();
  }

  /** Incidents of this target that are open by what this process remembers. */
  findOpen(target: string): string[] {
    return [...this.remembered.values()].flatMap((incident) => {
      const state = incident?.state;
      return state?.known === true && state.target === target && state.state === 'open' ? [state.incidentId] : [];
    });
  }

  /** What waits is looked at now and then: to look at all of it for each report would cost more than the reports. */
  private flushDue(touched: ReadonlySet<string> = new Set()): Promise<void> {
    return this.inTurn(async () => {
      const nowMs = this.clock.nowMs();
      const isDue = nowMs >= this.lookedAtMs + LOOK_EVERY_MS;
      if (isDue) this.lookedAtMs = nowMs;
      const keys = isDue ? this.buffer.keys() : [...touched];
      for (let from = 0; from < keys.length; from += AT_ONCE) await this.flushTogether(keys.slice(from, from + AT_ONCE));
    });
  }

  /** One after the other: the reader of the log and the clock both ask. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.queue.then(work);
    this.queue = done.catch(() => undefined);
    return done;
  }

  /** Of a fault that this process has never seen nothing is read. */
  private async recall(key: string): Promise<Folded<IncidentState> | undefined> {
    return this.remembered.has(key) ? (this.remembered.get(key) ?? this.incidents.load(key)) : undefined;
  }

  /** Recalled first and then appended in one go, so that the log takes them together, and in the order of their reports. */
  private async flushTogether(keys: readonly string[]): Promise<void> {
    const known = await Promise.all(keys.map((key) => this.recall(key)));
    let waiting = this.buffer.size;
    const flushes = keys.flatMap((key, index) => {
      const waits = this.buffer.get(key);
      if (waits === undefined) return [];
      const incident = known[index];
      if (incident !== undefined) this.remember(key, incident);
      if (waiting <= MAX_WAITING && incident !== undefined && this.mayWait(incident.state, waits)) return [];
      waiting -= waits.occurrences.length;
      // Others come while these are stored.
      const pending = { ...waits, occurrences: [...waits.occurrences] };
      return [incident === undefined ? this.open(pending) : this.flush(pending, incident)];
    });
    await settleAll(flushes);
  }

  /** That nobody has seen the fault is only supposed. Where the log knows better it is read, and treated as any other. */
  private async open(pending: PendingOccurrences): Promise<void> {
    const { key } = pending.describe;
    const opened = await this.incidents.tryOpen(key, toStimulus(pending));
    if (opened !== undefined) return this.note(pending, opened);
    const incident = await this.incidents.load(key);
    this.remember(key, incident);
    if (!this.mayWait(incident.state, pending)) await this.flush(pending, incident);
  }

  private async flush(pending: PendingOccurrences, known: Folded<IncidentState>): Promise<void> {
    const { key } = pending.describe;
    // What fails stays in the buffer, and so before the checkpoint; and the incident is read again.
    this.remember(key, undefined);
    this.note(pending, await this.incidents.apply(key, toStimulus(pending), known));
  }

  private note({ describe: { key }, occurrences }: PendingOccurrences, incident: Folded<IncidentState>): void {
    this.remember(key, incident);
    this.buffer.remove(key, occurrences.length);
  }

  /** What is to be decided upon never waits. */
  private mayWait(state: IncidentState, { occurrences, describe }: PendingOccurrences): boolean {
    if (!state.known) return false;
    if (this.clock.nowMs() >= state.grewAtMs + GROWTH_INTERVAL_MS) return false;
    return !needsAnyDecision(state, occurrences, describe.ownerAgent);
  }

  private remember(key: string, state: Folded<IncidentState> | undefined): void {
    this.remembered.delete(key);
    this.remembered.set(key, state);
    const [oldest] = this.remembered.keys();
    if (this.remembered.size > MAX_REMEMBERED && oldest !== undefined) this.remembered.delete(oldest);
  }
}

function toStimulus({ describe, occurrences }: PendingOccurrences): IncidentStimulus {
  const last = occurrences.at(-1);
  if (last === undefined) throw new RangeError('an incident of which nothing waits');
  return {
    command: { type: 'RecordOccurrences', ...describe, occurrences },
    key: `occurrences:${last.position}`,
    cause: { id: last.evidence.report_event_id, position: last.position },
  };
}

const toOccurrence = (report: Recorded<ErrorReported>): Parameters<OccurrenceBuffer['add']>[1] => ({
  position: report.position,
  observedAtMs: Date.parse(report.data.observed_at),
  evidence: locateEvidence(report),
});
