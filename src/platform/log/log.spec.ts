import { describe, expect, it } from '@jest/globals';
import { InMemoryCheckpoints, InMemoryEventStore } from '#libs/event-store';
import { buildLog, readWhole } from '../../../test/builders/log-builder.ts';
import { ManualClock } from '../../../test/builders/manual-clock.ts';
import { Clock } from '../clock.ts';
import { foldStream, unchangedSince } from './fold-stream.ts';
import type { DomainEvent } from './domain-event.ts';
import { Log } from './log.ts';

const thing = (n: number): DomainEvent => ({ type: 'ThingHappened', data: { n } });

describe('appending to the log', () => {
  it('says who acts, for which story and because of what', async () => {
    const log = buildLog(new ManualClock());
    const cause = { id: '01900000-0000-7000-8000-000000000001', position: 41 };
    await log.append({
      actor: 'test',
      key: 'k',
      correlationId: 'story',
      cause,
      writes: [{ stream: 's', expected: 'none', events: [thing(1)] }],
    });
    expect(await readWhole(log)).toMatchObject([
      {
        metadata: { actor: 'test', correlation_id: 'story', causation_id: cause.id, causation_position: '41' },
        schemaVersion: 1,
      },
    ]);
  });

  it('makes the clock as late at least as what was just stored, where the clock of the database was set meanwhile', async () => {
    const clock = new Clock();
    const recordedAt = new Date(Date.now() + 3_600_000);
    const log = new Log(new InMemoryEventStore({ now: () => recordedAt }), new InMemoryCheckpoints(), clock);
    await log.append({ actor: 'test', key: 'k', writes: [{ stream: 's', expected: 'any', events: [thing(1)] }] });
    expect(clock.nowMs()).toBeGreaterThanOrEqual(recordedAt.getTime());
  });

  it('does the same thing once, also when its content tells another time', async () => {
    const log = buildLog(new ManualClock());
    const append = (n: number): Promise<{ status: string }> =>
      log.append({ actor: 'test', key: 'k', writes: [{ stream: 's', expected: 'any', events: [thing(n)] }] });
    expect([(await append(1)).status, (await append(2)).status]).toEqual(['appended', 'repeated']);
    expect((await readWhole(log)).map(({ data }) => data)).toEqual([{ n: 1 }]);
  });

  it('answers a repetition that decides otherwise with what was decided first', async () => {
    const log = buildLog(new ManualClock());
    const append = (...streams: string[]): Promise<{ status: string }> =>
      log.append({
        actor: 'test',
        key: 'k',
        writes: streams.map((stream) => ({
          stream,
          expected: 'any' as const,
          events: [{ type: `${stream}Happened`, data: {} }],
        })),
      });
    expect([(await append('First')).status, (await append('Second', 'Third')).status]).toEqual(['appended', 'repeated']);
    expect((await readWhole(log)).map(({ type }) => type)).toEqual(['FirstHappened']);
  });

  it('leaves out writes that hold nothing', async () => {
    const log = buildLog(new ManualClock());
    const writes = [
      { stream: 's', expected: 'none' as const, events: [thing(1)] },
      { stream: 'empty', expected: 99, events: [] },
    ];
    expect((await log.append({ actor: 'test', key: 'k', writes })).status).toBe('appended');
  });

  it('folds a stream and tells the version that it saw', async () => {
    const log = buildLog(new ManualClock());
    const sum = (total: number, { data }: { data: { n?: unknown } }): number => total + Number(data.n);
    expect(unchangedSince(await foldStream(log.store, 's', 0, sum))).toBe('none');
    await log.append({ actor: 'test', key: 'k', writes: [{ stream: 's', expected: 'none', events: [thing(1), thing(2)] }] });
    const folded = await foldStream(log.store, 's', 0, sum);
    expect(folded).toEqual({ state: 3, version: 2 });
    expect(unchangedSince(folded)).toBe(2);
  });
});
