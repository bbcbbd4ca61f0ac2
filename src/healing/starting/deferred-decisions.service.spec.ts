import { describe, expect, it } from '@jest/globals';
import { InMemoryCheckpoints, InMemoryEventStore } from '#libs/event-store';
import { store } from '../../../test/builders/log-builder.ts';
import { RecordingLogger } from '../../../test/builders/recording-logger.ts';
import { Clock } from '../../platform/clock.ts';
import type { Database } from '../../platform/database/database.ts';
import { Log } from '../../platform/log/log.ts';
import { DeferredDecisions } from './deferred-decisions.service.ts';
import type { FixStarter } from './fix-starter.service.ts';

const HOUR_MS = 3_600_000;

describe('what was deferred', () => {
  it('is decided about again at a time after the decision before, whatever the clock of who took that says', async () => {
    const recordedAt = new Date(Date.now() + HOUR_MS);
    const ofAnother = new Clock();
    const log = new Log(new InMemoryEventStore({ now: () => recordedAt }), new InMemoryCheckpoints(), ofAnother);
    await store(log, 'decision-a-1', { type: 'DecisionMade', data: { verdict: 'defer' } });
    const database = { query: async () => [{ incident_id: 'a-1', position: '1' }] } as unknown as Database;
    const clock = new Clock();
    const decidedAt: number[] = [];
    const starter = { consider: async () => void decidedAt.push(clock.nowMs()) } as unknown as FixStarter;
    await new DeferredDecisions(clock, database, log, starter, new RecordingLogger()).askAgain();
    expect(decidedAt).toHaveLength(1);
    expect(decidedAt[0]).toBeGreaterThanOrEqual(recordedAt.getTime());
  });
});
