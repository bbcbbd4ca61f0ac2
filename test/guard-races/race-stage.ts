import { InMemoryCheckpoints, PostgresEventStore } from '#libs/event-store';
import { createTestDatabase, type TestDatabase } from '#libs/testing';
import type { JsonObject } from '#libs/contracts';
import { computeIncidentKey } from '../../src/incidents/incident-key.ts';
import type { DomainEvent } from '../../src/platform/log/domain-event.ts';
import { type Cause, Log } from '../../src/platform/log/log.ts';
import { logStreams } from '../../src/platform/log/stream-names.ts';
import type { ServiceEntry } from '../../src/catalogue/catalogue.events.ts';
import { HealingParts, MEMORY } from '../builders/healing-parts.ts';
import { buildEvidence, buildErrorReported } from '../builders/incident-builder.ts';
import { readWhole, store } from '../builders/log-builder.ts';
import { ManualClock } from '../builders/manual-clock.ts';
import type { Wish } from './race.ts';

export interface OpenIncident {
  incidentId: string;
  trigger: Cause;
}

const AGENT = 'memory-agent';

/** A log on a real database, with services in its catalogue and nothing that would keep all of them from being acted upon at once. */
export class RaceStage {
  private constructor(
    private readonly database: TestDatabase,
    private readonly events: PostgresEventStore,
    readonly parts: HealingParts,
  ) {}

  static async open(services: readonly string[]): Promise<RaceStage> {
    const database = await createTestDatabase();
    const events = new PostgresEventStore({ connectionString: database.appUrl, maxConnections: 2 });
    const clock = new ManualClock(Date.now());
    const parts = new HealingParts(new Log(events, new InMemoryCheckpoints(), clock), clock);
    const stage = new RaceStage(database, events, parts);
    await stage.store(logStreams.catalogue, { type: 'AgentRegistered', data: { id: AGENT, class: 'service' } });
    for (const id of services) await parts.addService({ id });
    await stage.set({ blast_radius_share: 1 });
    return stage;
  }

  get log(): Log {
    return this.parts.log;
  }

  store(stream: string, ...events: DomainEvent[]): Promise<void> {
    return store(this.log, stream, ...events);
  }

  /** As a person would, for everything. */
  set(settings: JsonObject): Promise<void> {
    const data = { scope: 'global', settings, source: 'person', reason: 'a race' };
    return this.store(logStreams.policy, { type: 'PolicyChanged', data });
  }

  /** Its agent sees a service end. */
  async openIncident(target: string, fingerprint: string): Promise<OpenIncident> {
    const observed_at = this.parts.clock.now().toISOString();
    const about = { agent_id: AGENT, target, fingerprint, observed_at };
    await this.store(logStreams.reports(AGENT), buildErrorReported(about));
    const { position } = await this.log.store.head();
    const evidence = buildEvidence({ report_position: String(position), observed_at });
    const key = computeIncidentKey(fingerprint, target);
    const occurrences = [{ position, observedAtMs: this.parts.clock.nowMs(), evidence }];
    const described = { key, fingerprint, target, errorType: 'health', severity: 'critical', ownerAgent: AGENT } as const;
    const command = { type: 'RecordOccurrences' as const, ...described, occurrences };
    const { state } = await this.parts.incidents.apply(key, { key: `occurrences:${position}`, command });
    const opened = (await readWhole(this.log)).at(-1);
    if (!state.known || opened === undefined) throw new Error('no incident was opened');
    return { incidentId: state.incidentId, trigger: { id: opened.id, position: opened.position } };
  }

  consider({ incidentId, trigger }: OpenIncident): Wish {
    return { type: 'consider', databaseUrl: this.database.appUrl, incidentId, trigger };
  }

  approve(fixId: string, { actionSha256, actor }: { actionSha256: string; actor: string }): Wish {
    const answer = { verdict: 'granted', actionSha256, actor, role: 'sre', reason: 'a race' } as const;
    return { type: 'approve', databaseUrl: this.database.appUrl, fixId, answer };
  }

  /** What the catalogue says of a service from now on. */
  describeService(parts: Partial<ServiceEntry>): DomainEvent {
    return { type: 'ServiceChanged', data: { ...MEMORY, ...parts } };
  }

  async count(type: string): Promise<number> {
    return (await readWhole(this.log)).filter((event) => event.type === type).length;
  }

  /** The last word on each incident, as verdict and reason. */
  async decisions(): Promise<string[]> {
    const made = (await readWhole(this.log)).filter(({ type }) => type === 'DecisionMade');
    const last = new Map(
      made.map(({ data }) => [data['incident_id'], `${data['verdict'] as string} ${data['reason_code'] as string}`]),
    );
    return [...last.values()];
  }

  async close(): Promise<void> {
    await this.events.close();
    await this.database.drop();
  }
}
