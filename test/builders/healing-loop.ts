import { InMemoryCheckpoints } from '#libs/event-store';
import type { StrategyRegistry } from '#libs/fix-strategies';
import type { KnownServiceState } from '../../src/catalogue/service-state.events.ts';
import { IncidentsProcessor } from '../../src/incidents/incidents.processor.ts';
import { OccurrencesService } from '../../src/incidents/occurrences.service.ts';
import { ServiceIncidents } from '../../src/incidents/service-incidents.service.ts';
import type { ErrorReported } from '../../src/intake/intake.events.ts';
import { Log } from '../../src/platform/log/log.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import { buildHealing, HealingParts } from './healing-parts.ts';
import { buildErrorReported } from './incident-builder.ts';
import { incidentListDatabase } from './incident-list-database.ts';
import { readWhole, store } from './log-builder.ts';
import { CLEAN } from './stub-prober.ts';

/** Incidents and healing of one orchestrator, both following the same log, one step after the other. */
export class HealingLoop {
  private constructor(private current: Awaited<ReturnType<typeof buildHealing>>) {
    this.follow(current);
  }

  /** Of the orchestrator that runs now. */
  get parts(): Awaited<ReturnType<typeof buildHealing>> {
    return this.current;
  }

  static async build(registry?: StrategyRegistry): Promise<HealingLoop> {
    return new HealingLoop(await buildHealing(registry));
  }

  /** What its agent sees break; others may name it too. Tells the incident's id. */
  async report(parts: Partial<ErrorReported['data']> = {}): Promise<string> {
    this.parts.clock.advance(1000);
    const report = buildErrorReported({ observed_at: this.parts.clock.now().toISOString(), ...parts });
    await store(this.parts.log, logStreams.reports(report.data.agent_id), report);
    await this.settle();
    const latest = (await readWhole(this.parts.log)).findLast(({ type }) => /^Incident(Opened|Grew)$/.test(type));
    return latest?.data['incident_id'] as string;
  }

  async say(serviceId: string, to: KnownServiceState): Promise<void> {
    this.parts.clock.advance(1000);
    await this.parts.say(serviceId, to);
    await this.settle();
  }

  /** Fires the probe timer of a fix, as if it were due. */
  async probe(fixId: string, probe = CLEAN): Promise<void> {
    const { state } = await this.parts.fixes.load(fixId);
    const generation = state?.timers['probe'] ?? 0;
    this.parts.clock.advance(1000);
    const input = { type: 'timer' as const, name: 'probe' as const, generation, probe };
    await this.parts.fixes.advance(fixId, { input, key: `timer:probe:${generation}` });
    await this.settle();
  }

  settle(): Promise<void> {
    return this.parts.subscriptions.drain();
  }

  /** Another orchestrator on the same log, which reads it from the beginning. */
  async restart(): Promise<void> {
    const { clock } = this.parts;
    const replica = new HealingParts(new Log(this.parts.log.store, new InMemoryCheckpoints(), clock), clock);
    await replica.catalogue.onModuleInit();
    this.follow(replica);
    await replica.subscriptions.drain();
  }

  /** Another orchestrator goes on where this one is killed: what that held in memory is gone. */
  async takeOver(): Promise<void> {
    const { current } = this;
    this.current = Object.assign(await current.replica(), { replica: () => current.replica(), events: current.events });
    this.follow(this.current);
  }

  /** What was decided about an incident, as verdict and reason. */
  async decisions(incidentId: string): Promise<string[]> {
    const stored = await this.parts.log.store.readStream(logStreams.decision(incidentId));
    return stored.map(({ data: { verdict, reason_code: reason } }) => `${verdict as string} ${reason as string}`);
  }

  async stateOf(incidentId: string): Promise<string | undefined> {
    return (await this.parts.incidents.findEpisode(incidentId))?.episode.state;
  }

  async count(type: string): Promise<number> {
    return (await readWhole(this.parts.log)).filter((event) => event.type === type).length;
  }

  private follow({ incidents, catalogue, clock, logger, log, subscriptions }: HealingParts): void {
    const occurrences = new OccurrencesService(incidents, catalogue, clock, logger);
    new IncidentsProcessor(incidents, occurrences, new ServiceIncidents(incidentListDatabase(log)), log, subscriptions);
  }
}
