import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { InMemoryCheckpoints } from '#libs/event-store';
import { FlakyEventStore } from '../../test/builders/flaky-event-store.ts';
import { buildErrorReported } from '../../test/builders/incident-builder.ts';
import { readWhole, store } from '../../test/builders/log-builder.ts';
import { ManualClock } from '../../test/builders/manual-clock.ts';
import { RecordingLogger } from '../../test/builders/recording-logger.ts';
import { SteppedSubscriptions } from '../../test/builders/stepped-subscriptions.ts';
import type { DomainEvent } from '../platform/log/domain-event.ts';
import { Database } from '../platform/database/database.ts';
import { Log } from '../platform/log/log.ts';
import { IncidentsProcessor } from './incidents.processor.ts';
import { IncidentsService } from './incidents.service.ts';
import { computeIncidentKey } from './incident-key.ts';
import { OccurrencesService } from './occurrences.service.ts';
import { ServiceIncidents } from './service-incidents.ts';

/** The incidents' side of an orchestrator, on a log that outlives it. */
class Incidents {
  readonly clock = new ManualClock();
  readonly events = new FlakyEventStore({ now: this.clock.now });
  readonly log = new Log(this.events, new InMemoryCheckpoints());
  readonly service = new IncidentsService(this.log);
  private occurrences: OccurrencesService | undefined;
  private subscriptions: SteppedSubscriptions | undefined;

  /** What a start makes, and a crash loses. */
  start(): void {
    this.subscriptions = new SteppedSubscriptions(this.log);
    this.occurrences = new OccurrencesService(this.service, this.clock, new RecordingLogger());
    const unresolved: { incident_id: string }[] = [];
    const database = Object.assign(Object.create(Database.prototype), { query: async () => unresolved }) as Database;
    const serviceIncidents = new ServiceIncidents(database);
    new IncidentsProcessor(this.service, this.occurrences, serviceIncidents, this.log, this.subscriptions);
  }

  report(fingerprint: string): Promise<void> {
    const observed_at = this.clock.now().toISOString();
    return store(this.log, 'report-memory-agent', buildErrorReported({ fingerprint, observed_at }));
  }

  step(options?: { limit?: number; isCutOff?: boolean }): Promise<number> {
    return this.subscriptions?.step('incidents', options) ?? Promise.resolve(0);
  }

  /** What the clock of the service does every second. */
  tick(): Promise<void> {
    return this.occurrences?.record([]) ?? Promise.resolve();
  }

  checkpoint(): Promise<number> {
    return this.log.checkpoints.load('incidents');
  }

  async incidentEvents(): Promise<DomainEvent[]> {
    return (await readWhole(this.log)).filter(({ stream }) => stream.startsWith('incident-'));
  }

  /** Reports counted for each fingerprint, over all events. */
  async counted(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { stream, type, data } of await readWhole(this.log)) {
      if (type === 'IncidentOpened') counts[stream] = (counts[stream] ?? 0) + 1;
      if (type === 'IncidentGrew') counts[stream] = (counts[stream] ?? 0) + Number(data['added']);
    }
    return counts;
  }
}

function startIncidents(): Incidents {
  const incidents = new Incidents();
  incidents.start();
  return incidents;
}

describe('counting reports into incidents', () => {
  it('opens at the first report without waiting', async () => {
    const incidents = startIncidents();
    await incidents.report('a');
    await incidents.step();
    expect(await incidents.incidentEvents()).toMatchObject([{ type: 'IncidentOpened' }]);
  });

  it('makes one event of a storm, ten seconds later', async () => {
    const incidents = startIncidents();
    await incidents.report('a');
    await incidents.step();
    for (let i = 0; i < 1000; i++) await incidents.report('a');
    await incidents.step({ limit: 2000 });
    await incidents.tick();
    expect(await incidents.incidentEvents()).toHaveLength(1);
    incidents.clock.advance(10_000);
    await incidents.tick();
    expect(await incidents.incidentEvents()).toMatchObject([{}, { type: 'IncidentGrew', data: { added: 1000, count: 1001 } }]);
  });

  it('keeps the checkpoint before the oldest report that waits', async () => {
    const incidents = startIncidents();
    await incidents.report('a');
    await incidents.step();
    await incidents.report('a');
    await incidents.report('b');
    await incidents.step();
    const waiting = (await readWhole(incidents.log)).findLastIndex(({ data }) => data['fingerprint'] === 'a') + 1;
    expect(await incidents.checkpoint()).toBeLessThan(waiting);
    incidents.clock.advance(10_000);
    await incidents.tick();
    await incidents.step();
    expect(await incidents.checkpoint()).toBe((await incidents.log.store.head()).position);
  });

  it('counts what waited once when the same process reads again', async () => {
    const incidents = startIncidents();
    await incidents.report('a');
    await incidents.step();
    await incidents.report('a');
    await incidents.step();
    await incidents.report('b');
    incidents.events.nextFailure = 'before';
    await expect(incidents.step()).rejects.toThrow('broken before the commit');
    await incidents.step();
    incidents.clock.advance(10_000);
    await incidents.tick();
    expect(await incidents.counted()).toEqual({
      [`incident-${computeIncidentKey('a', 'memory')}`]: 2,
      [`incident-${computeIncidentKey('b', 'memory')}`]: 1,
    });
  });

  it('correlates late reports and the next episode each to its own incident', async () => {
    const incidents = startIncidents();
    const observedBefore = incidents.clock.now().toISOString();
    await incidents.report('a');
    await incidents.step();
    const key = computeIncidentKey('a', 'memory');
    incidents.clock.advance(1000);
    const resolve = {
      type: 'ResolveIncident' as const,
      incidentId: `${key}-1`,
      fixId: `${key}-1-1`,
      strategy: 'restart/service',
      resolvedAtMs: incidents.clock.nowMs(),
    };
    await incidents.service.apply(key, { command: resolve, key: 'resolve:1' });
    incidents.clock.advance(1000);
    await store(incidents.log, 'report-memory-agent', buildErrorReported({ fingerprint: 'a', observed_at: observedBefore }));
    await incidents.report('a');
    incidents.start();
    await incidents.step();
    const [first, second] = await Promise.all([1, 2].map((n) => incidents.log.store.readCorrelated(`${key}-${n}`, 10)));
    expect(first?.map(({ type }) => type)).toEqual(['IncidentOpened', 'IncidentResolved', 'IncidentGrew']);
    expect(second?.map(({ type }) => type)).toEqual(['IncidentOpened']);
  });
});

describe('the law of counting', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('report' as const), fingerprint: fc.constantFrom('a', 'b') }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(100, 5000, 11_000) }),
    fc.record({ do: fc.constant('step' as const), limit: fc.integer({ min: 1, max: 4 }), isCutOff: fc.boolean() }),
    fc.record({ do: fc.constant('fail' as const), when: fc.constantFrom('before' as const, 'after' as const) }),
    fc.constant({ do: 'tick' as const }),
    fc.constant({ do: 'crash' as const }),
  );
  type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

  async function perform(incidents: Incidents, done: Action): Promise<void> {
    switch (done.do) {
      case 'report':
        return incidents.report(done.fingerprint);
      case 'wait':
        return incidents.clock.advance(done.ms);
      case 'step':
        await incidents.step(done).catch(() => undefined);
        // A process that is cut off before it stored its progress is a new one afterwards.
        return done.isCutOff ? incidents.start() : undefined;
      case 'fail':
        incidents.events.nextFailure = done.when;
        return undefined;
      case 'tick':
        return incidents.tick().catch(() => undefined);
      case 'crash':
        return incidents.start();
    }
  }

  it('loses no report and counts none twice, whatever fails when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
        const incidents = startIncidents();
        const reported: Record<string, number> = {};
        for (const done of actions) {
          // The sender of a report tries again by itself; here only the counting fails.
          if (done.do === 'report') incidents.events.nextFailure = undefined;
          await perform(incidents, done);
          if (done.do !== 'report') continue;
          const stream = `incident-${computeIncidentKey(done.fingerprint, 'memory')}`;
          reported[stream] = (reported[stream] ?? 0) + 1;
        }
        incidents.events.nextFailure = undefined;
        incidents.clock.advance(20_000);
        while ((await incidents.step()) > 0);
        incidents.clock.advance(20_000);
        await incidents.tick();
        expect(await incidents.counted()).toEqual(reported);
      }),
      { seed: 11, numRuns: 300 },
    );
  });
});
