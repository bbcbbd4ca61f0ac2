import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { InMemoryEventStore } from '#libs/event-store';
import { buildErrorReported, IncidentsUnderTest } from '../../test/builders/incident-builder.ts';
import { readWhole, store } from '../../test/builders/log-builder.ts';
import { computeIncidentKey } from './incident-key.ts';

describe('counting reports into incidents', () => {
  it('opens at the first report without waiting', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a');
    await incidents.step();
    expect(await incidents.incidentEvents()).toMatchObject([{ type: 'IncidentOpened' }]);
  });

  it('makes one event of a storm, ten seconds later', async () => {
    const incidents = new IncidentsUnderTest();
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
    const incidents = new IncidentsUnderTest();
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
    const incidents = new IncidentsUnderTest();
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

  it('lets late reports of an incident that is over wait like all others', async () => {
    const incidents = new IncidentsUnderTest();
    const observed_at = incidents.clock.now().toISOString();
    await incidents.report('a');
    await incidents.claim('healthy');
    await incidents.step();
    for (const _ of [1, 2, 3]) {
      incidents.clock.advance(1000);
      await incidents.report('a', { observed_at });
      await incidents.step();
    }
    expect(await incidents.incidentEvents()).toHaveLength(2);
    incidents.clock.advance(7000);
    await incidents.tick();
    expect((await incidents.incidentEvents()).slice(2)).toMatchObject([{ type: 'IncidentGrew', data: { added: 3 } }]);
  });

  it('keeps no more than two thousand reports waiting', async () => {
    const incidents = new IncidentsUnderTest();
    for (const fingerprint of ['a', 'b']) await incidents.report(fingerprint);
    await incidents.step();
    const storm = ['a', 'b'].flatMap((fingerprint) => Array.from({ length: 1001 }, () => buildErrorReported({ fingerprint })));
    for (let i = 0; i < storm.length; i += 500) await store(incidents.log, 'report-memory-agent', ...storm.slice(i, i + 500));
    while ((await incidents.step()) > 0);
    expect((await incidents.incidentEvents()).slice(2)).toMatchObject([{ type: 'IncidentGrew', data: { added: 1001 } }]);
  });

  it('goes by what the own agent of the service saw, not by what anybody reports after it', async () => {
    const incidents = new IncidentsUnderTest();
    await incidents.report('a', { agent_id: 'shop', agent_class: 'browser' });
    for (const agent_id of ['memory-agent', 'rag-agent']) await incidents.report('a', { agent_id });
    await incidents.step();
    expect(await incidents.incidentEvents()).toMatchObject([
      { type: 'IncidentOpened', data: { evidence: { agent_id: 'shop' } } },
      { type: 'IncidentGrew', data: { evidence: { agent_id: 'memory-agent' } } },
    ]);
  });

  /** A fault that was healed, with a late report of it and the first one of its return, not read yet by a process that never saw it. */
  async function buildReturn(): Promise<{ incidents: IncidentsUnderTest; tell: () => Promise<string[][]> }> {
    const incidents = new IncidentsUnderTest();
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
    await incidents.report('a', { observed_at: observedBefore });
    await incidents.report('a');
    incidents.start();
    const tell = async (): Promise<string[][]> => {
      const stories = [1, 2].map((n) => incidents.log.store.readCorrelated(`${key}-${n}`, { limit: 10 }));
      return (await Promise.all(stories)).map(({ events }) => events.map(({ type }) => type));
    };
    return { incidents, tell };
  }
  const TWO_EPISODES = [['IncidentOpened', 'IncidentResolved', 'IncidentGrew'], ['IncidentOpened']];

  it('correlates late reports and the next episode each to its own incident', async () => {
    const { incidents, tell } = await buildReturn();
    await incidents.step();
    expect(await tell()).toEqual(TWO_EPISODES);
  });

  it('opens the next episode also after a crash that came when the late reports were counted', async () => {
    const { incidents, tell } = await buildReturn();
    // What is supposed is refused first.
    const append = incidents.events.append.bind(incidents.events);
    jest.spyOn(incidents.events, 'append').mockImplementationOnce((request) => {
      incidents.events.nextFailure = 'after';
      return InMemoryEventStore.prototype.append.call(incidents.events, request);
    });
    await expect(incidents.step()).rejects.toThrow('broken');
    incidents.events.append = append;
    incidents.start();
    await incidents.step();
    expect(await tell()).toEqual(TWO_EPISODES);
  });
});

describe('the law of counting', () => {
  const action = fc.oneof(
    fc.record({ do: fc.constant('report' as const), fingerprint: fc.constantFrom('a', 'b') }),
    fc.constant({ do: 'claim' as const }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(100, 5000, 11_000) }),
    fc.record({ do: fc.constant('step' as const), limit: fc.integer({ min: 1, max: 4 }), isCutOff: fc.boolean() }),
    fc.record({ do: fc.constant('fail' as const), when: fc.constantFrom('before' as const, 'after' as const) }),
    fc.constant({ do: 'tick' as const }),
    fc.constant({ do: 'crash' as const }),
  );
  type Action = typeof action extends fc.Arbitrary<infer A> ? A : never;

  async function perform(incidents: IncidentsUnderTest, done: Action): Promise<void> {
    switch (done.do) {
      case 'report':
        return incidents.report(done.fingerprint);
      case 'claim':
        return incidents.claim('healthy');
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
        const incidents = new IncidentsUnderTest();
        const reported: Record<string, number> = {};
        for (const done of actions) {
          // Who sends something tries again by itself; here only the counting fails.
          if (done.do === 'report' || done.do === 'claim') incidents.events.nextFailure = undefined;
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
